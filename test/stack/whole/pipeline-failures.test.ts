import { mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startCollector, type Collector } from '../../../stack/native/collector.ts'
import { startLoki, type Loki } from '../../../stack/native/loki.ts'
import { startTempo, type Tempo } from '../../../stack/native/tempo.ts'
import { panelQueries } from '../../dashboards/support/dashboards.ts'
import { eventually } from '../support/eventually.ts'
import { postLogs, postSpan, record, string } from '../support/otlp-post.ts'

const programs = inject('stackPrograms')
const MORE_THAN_A_TRACE_MAY_HAVE = 8_000_000

/** The names of metrics that the panels of a place ask for. */
const namesIn = (place: string): string[] =>
  panelQueries
    .filter((query) => query.place.startsWith(place))
    .flatMap(({ text }) => [...text.matchAll(/\b(?:otelcol|loki|tempo)_\w+/g)].map(([name]) => name))

describe.skipIf(programs === undefined)('failures of the pipeline are counted as the panels ask', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clew-failures-'))
  let unwilling: Server
  let collector: Collector
  let loki: Loki
  let tempo: Tempo

  beforeAll(async () => {
    unwilling = createServer(
      (request, response) => void request.resume().on('end', () => response.writeHead(400).end()),
    )
    await once(unwilling.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(unwilling.address() as AddressInfo).port}`
    tempo = await startTempo({ program: programs?.tempo ?? '', dataDir: folder })
    loki = await startLoki({ program: programs?.loki ?? '', dataDir: folder })
    collector = await startCollector({
      program: programs?.collector ?? '',
      dataDir: folder,
      env: {
        CLEW_LOKI_ENDPOINT: url,
        CLEW_TEMPO_ENDPOINT: url,
        CLEW_TRACE_DECISION_WAIT: '1s',
        CLEW_QUEUE_BYTES: '2000',
      },
    })
  })
  afterAll(async () => {
    await Promise.all([collector.stop(), loki.stop(), tempo.stop(), once(unwilling.close(), 'close')])
    rmSync(folder, { recursive: true, force: true })
  })

  const told = async (url: string, name: string, labels: RegExp): Promise<string> =>
    eventually(`${name} at ${url}`, async () => {
      const text = await (await fetch(url)).text()
      return text.split('\n').find((line) => line.startsWith(`${name}{`) && labels.test(line) && !line.endsWith(' 0'))
    })

  it('records and spans that a destination refuses', async () => {
    const [logs = '', spans = '', points = ''] = namesIn('pipeline / Could not be sent')
    await postLogs(collector.endpoint, record(9, 'not wanted'))
    await postSpan(collector.endpoint, 'not wanted', [])
    expect(await told(ownMetrics(), logs, /exporter="otlp_http\/loki"/)).toMatch(/ \d/)
    expect(await told(ownMetrics(), spans, /exporter="otlp_http\/tempo"/)).toMatch(/ \d/)
    expect(points).toBe(logs.replace('log_records', 'metric_points'))
  })

  it('records for which a queue has no room', async () => {
    const [logs = ''] = namesIn('pipeline / Found no room in a queue')
    await postLogs(collector.endpoint, record(9, 'x'.repeat(5_000))).catch(() => {})
    expect(await told(ownMetrics(), logs, /exporter="otlp_http\/loki"/)).toMatch(/ \d/)
  })

  // The collector sees to it that Loki refuses nothing; this goes past it.
  it('records that Loki throws away', async () => {
    const [name = ''] = namesIn('pipeline / What Loki and Tempo throw away / A')
    const at = (millis: number) => ({ ...record(9, 'said'), timeUnixNano: String(BigInt(millis) * 1_000_000n) })
    await postLogs(`${loki.url}/otlp`, at(Date.now()))
    await expect(postLogs(`${loki.url}/otlp`, at(Date.now() - 7 * 86_400_000))).rejects.toThrow(/400/)
    expect(await told(`${loki.url}/metrics`, name, /reason="\w+"/)).toMatch(/ \d/)
  })

  it('spans that Tempo throws away', async () => {
    const [name = ''] = namesIn('pipeline / What Loki and Tempo throw away / B')
    const large = [{ key: 'large', value: string('x'.repeat(MORE_THAN_A_TRACE_MAY_HAVE)) }]
    await postSpan(tempo.otlpUrl, 'too large', large).catch(() => {})
    expect(await told(`${tempo.url}/metrics`, name, /reason="\w+"/)).toMatch(/ \d/)
  })

  function ownMetrics(): string {
    return `http://127.0.0.1:${collector.ports.ownMetrics}/metrics`
  }
})
