import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startCollector, type Collector } from '../../../stack/native/collector.ts'
import { freePorts } from '../../../stack/native/free-ports.ts'
import { eventually } from '../support/eventually.ts'
import { spansIn } from '../support/otlp-files.ts'
import { tempoSpans } from '../support/tempo-trace.ts'

const programs = inject('stackPrograms')
const stack = inject('wholeStack')

describe.skipIf(programs === undefined)('tail sampling, when none of the ordinary traces is asked for', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'clew-sampling-'))
  let collector: Collector
  let metrics: string

  beforeAll(async () => {
    const [port = 0] = await freePorts(1)
    metrics = `127.0.0.1:${port}`
    const env = {
      CLEW_TEMPO_ENDPOINT: stack?.tempoOtlp ?? '',
      CLEW_PROMETHEUS_LISTEN: metrics,
      CLEW_TRACE_PERCENT: '0',
      CLEW_SLOW_TRACE_MILLIS: '500',
      CLEW_TRACE_DECISION_WAIT: '1s',
      CLEW_SPAN_METRICS_INTERVAL: '1s',
    }
    collector = await startCollector({ program: programs?.collector ?? '', dataDir, env })
  })
  afterAll(async () => {
    await collector?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('keeps errors and slow ones whole, leaves the others out, and counts and files them all', async () => {
    const traces = {
      ordinary: await send(collector, { millis: 20 }),
      failed: await send(collector, { millis: 20, failed: true }),
      slow: await send(collector, { millis: 900 }),
    }

    for (const kept of [traces.failed, traces.slow]) {
      await eventually('a whole trace in Tempo', async () =>
        (await tempoSpans(stack?.tempo ?? '', kept)).length === 2 ? true : undefined,
      )
    }
    expect(await tempoSpans(stack?.tempo ?? '', traces.ordinary)).toEqual([])
    expect(new Set(spansIn(dataDir).map(({ traceId }) => traceId))).toEqual(new Set(Object.values(traces)))
    const counted = await eventually('three requests among the metrics', async () => {
      const text = await (await fetch(`http://${metrics}/metrics`)).text()
      const calls = [...text.matchAll(/^traces_span_metrics_calls_total\{.*span_name="GET \/sampled".*\} (\d+)/gm)]
      const total = calls.reduce((sum, [, count]) => sum + Number(count), 0)
      return total >= 3 ? total : undefined
    })
    expect(counted).toBe(3)
  })

  it('lets a span that comes later follow what was decided for its trace', async () => {
    const failed = await send(collector, { millis: 20, failed: true })
    await eventually('the trace', async () =>
      (await tempoSpans(stack?.tempo ?? '', failed)).length > 0 ? true : undefined,
    )

    await send(collector, { millis: 5, traceId: failed })

    await eventually('the late spans', async () =>
      (await tempoSpans(stack?.tempo ?? '', failed)).length === 4 ? true : undefined,
    )
    expect(spansIn(dataDir).filter(({ traceId }) => traceId === failed)).toHaveLength(4)
  })
})

/** Sends a request's span and one inside it; answers the trace's id. */
async function send(
  collector: Collector,
  request: { readonly millis: number; readonly failed?: boolean; readonly traceId?: string },
): Promise<string> {
  const { millis, failed = false, traceId = randomBytes(16).toString('hex') } = request
  const end = BigInt(Date.now()) * 1_000_000n
  const times = { startTimeUnixNano: String(end - BigInt(millis) * 1_000_000n), endTimeUnixNano: String(end) }
  const root = { traceId, spanId: randomBytes(8).toString('hex'), name: 'GET /sampled', kind: 2, ...times }
  const inner = { ...root, spanId: randomBytes(8).toString('hex'), parentSpanId: root.spanId, name: 'inner', kind: 1 }
  const spans = [root, failed ? { ...inner, status: { code: 2 } } : inner]
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'sampled' } }] }
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${collector.endpoint}/v1/traces`, { method: 'POST', headers, body })
  expect(answer.status).toBe(200)
  return traceId
}
