import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { startCollector, type Collector } from '../../stack/native/collector.ts'
import { freePorts } from '../../stack/native/free-ports.ts'
import { eventually } from './support/eventually.ts'
import { recordsIn } from './support/otlp-files.ts'
import { postLogs, record } from './support/otlp-post.ts'

const program = inject('collectorProgram')

describe.skipIf(program === '')('what waits for a destination that is down', () => {
  let dataDir: string
  let running: { collector?: Collector; loki?: Server } = {}
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'clew-queue-'))
  })
  afterEach(async () => {
    running.loki?.close()
    running.loki?.closeAllConnections()
    await running.collector?.stop()
    running = {}
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('survives the end of the collector and arrives once the destination is there', async () => {
    const [lokiPort = 0] = await freePorts(1)
    const env = { CLEW_LOKI_ENDPOINT: `http://127.0.0.1:${lokiPort}/otlp` }
    const options = { program, dataDir, env }
    running.collector = await startCollector(options)
    await postLogs(running.collector.endpoint, record(9, 'said while Loki was down'))
    await running.collector.stop()

    const received: string[] = []
    running.loki = await listen(lokiPort, received)
    running.collector = await startCollector({ ...options, ports: running.collector.ports })

    const delivered = await eventually('the record at Loki', () =>
      received.find((request) => request.includes('said while Loki was down')),
    )
    expect(delivered).toMatch(/^POST \/otlp\/v1\/logs /)
  })

  it('costs the others nothing, also when its queue is full: the sender is told to try again, and the files have it all', async () => {
    const [lokiPort = 0] = await freePorts(1)
    const env = { CLEW_LOKI_ENDPOINT: `http://127.0.0.1:${lokiPort}/otlp`, CLEW_QUEUE_BYTES: '20000' }
    running.collector = await startCollector({ program, dataDir, env })
    const { endpoint } = running.collector
    const answers: number[] = []
    const texts = Array.from({ length: 60 }, (_, number) => `number ${number} ${'x'.repeat(900)}`)
    for (const text of texts) answers.push(await answerTo(endpoint, text))

    expect(new Set(answers)).toEqual(new Set([200, 503]))
    expect(answers.indexOf(503)).toBeGreaterThan(10)
    await eventually('all of them in the file', () => {
      const kept = new Set(recordsIn(dataDir).map((each) => each.body?.stringValue))
      return texts.every((text) => kept.has(text)) || undefined
    })
    const numbers = await (await fetch(`http://127.0.0.1:${running.collector.ports.ownMetrics}/metrics`)).text()
    const left = /^otelcol_exporter_enqueue_failed_log_records\S*exporter="otlp_http\/loki"\S* (\d+)$/m.exec(
      numbers,
    )?.[1]
    expect(Number(left)).toBe(answers.filter((status) => status === 503).length)
  })
})

async function answerTo(endpoint: string, text: string): Promise<number> {
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record(9, text)] }] }] })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${endpoint}/v1/logs`, { method: 'POST', headers, body })
  await response.body?.cancel()
  return response.status
}

/** A stand-in for Loki that takes everything. */
async function listen(port: number, received: string[]): Promise<Server> {
  const server = createServer((request, response) => void take(request, response, received))
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve))
  return server
}

async function take(request: IncomingMessage, response: ServerResponse, received: string[]): Promise<void> {
  const body = await buffer(request)
  const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
  received.push(`${request.method} ${request.url} ${plain.toString('latin1')}`)
  response.end()
}
