import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { startCollector, type Collector } from '../../stack/native/collector.ts'
import { freePorts } from '../../stack/native/free-ports.ts'
import { eventually } from './support/eventually.ts'
import { postLogs, record } from './support/otlp-post.ts'

const program = inject('collectorProgram')

describe.skipIf(program === '')('what waits for a destination that is down', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'clew-queue-'))
  let running: { collector?: Collector; loki?: Server } = {}
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
})

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
