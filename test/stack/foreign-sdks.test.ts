import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startCollector, type Collector } from '../../stack/native/collector.ts'
import type { StoredLog } from '../../src/store/index.ts'
import { startProgram, type Program } from '../support/program.ts'
import { collectedLogs, collectedMetrics, collectedSpans } from './support/collected.ts'
import { eventually } from './support/eventually.ts'
import { foreignLanguages, send } from './support/foreign-languages.ts'

const collectorProgram = inject('collectorProgram')
const STACK: unknown = expect.stringMatching(/^Traceback .*main\.py.*PaymentError: card refused/s)
const cases = (await foreignLanguages()).flatMap((each) =>
  ['http/protobuf', 'grpc'].map((protocol) => ({
    ...each,
    protocol,
    service: `shop-${each.language}-${protocol.slice(0, 4)}`.toLowerCase(),
  })),
)

const ORDER = {
  'order.id': 'o-7',
  'order.items': 3,
  'order.total': 12.5,
  'order.gift': true,
  'order.tags': ['new', 'fast'],
}
const ADDRESS = { city: 'Łódź', geo: { lat: 51.75 } }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clew-foreign-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(collectorProgram === '')('the real collector', () => {
  let collector: Collector
  let dataDir: string
  beforeAll(async () => {
    dataDir = mkdtempSync(join(folder, 'collector-'))
    collector = await startCollector({ program: collectorProgram, dataDir })
  })
  afterAll(() => collector.stop())

  it.for(cases)('keeps what $language sends by $protocol', async (sender, { skip }) => {
    const { service, protocol, error, spanError } = sender
    skip(sender.command === undefined)
    const { ports } = collector
    const endpoint = protocol === 'grpc' ? `http://127.0.0.1:${ports.otlpGrpc}` : collector.endpoint
    const before = Date.now()
    const sent = await send(sender, service, protocol, endpoint)
    const logs = await eventually('both records', () => atLeast(2, collectedLogs(dataDir, service)))
    const spans = await eventually('both spans', () => atLeast(2, collectedSpans(dataDir, service)))
    const metrics = await eventually('both metrics', () => atLeast(2, collectedMetrics(dataDir, service)))

    const [taken, failed] = logs.toSorted((a, b) => a.severityNumber - b.severityNumber)
    const said = { scope: { name: 'shop.checkout' }, traceId: sent.trace_id }
    expect(logs).toHaveLength(2)
    expect(taken).toMatchObject({ ...said, spanId: sent.outer_span_id, severityNumber: 9, severityText: 'INFO', body: 'order taken' }) // prettier-ignore
    expect(taken?.attributes).toEqual({ ...ORDER, 'order.address': ADDRESS })
    expect(failed).toMatchObject({ ...said, spanId: sent.inner_span_id, severityNumber: 17, severityText: 'ERROR', body: 'charge failed' }) // prettier-ignore
    expect(failed?.attributes).toEqual({
      ...ORDER,
      'order.address': ADDRESS,
      'error.type': error.type,
      'exception.type': error.type,
      'exception.message': error.message,
      ...(sender.hasStack ? { 'exception.stacktrace': STACK } : undefined),
    })
    for (const { timeMillis } of logs) expect(timeMillis).toBeGreaterThanOrEqual(before)

    const [inner, outer] = spans.toSorted((a, b) => b.parentSpanId.length - a.parentSpanId.length)
    expect(spans).toHaveLength(2)
    expect(outer).toMatchObject({
      traceId: sent.trace_id,
      spanId: sent.outer_span_id,
      parentSpanId: '',
      name: 'checkout',
      kind: 2,
      statusCode: 0,
      scope: { name: 'shop.checkout', version: '1.2.3' },
      attributes: { 'order.id': 'o-7', 'order.items': 3 },
    })
    expect(inner).toMatchObject({
      traceId: sent.trace_id,
      spanId: sent.inner_span_id,
      parentSpanId: sent.outer_span_id,
      name: 'charge card',
      kind: 3,
      statusCode: 2,
      statusMessage: 'card refused',
      events: [
        {
          name: 'exception',
          attributes: { 'exception.type': spanError.type, 'exception.message': spanError.message },
        },
      ],
    })

    const attributes = [{ key: 'shop.way', value: { stringValue: 'card' } }]
    const exemplar = { traceId: sent.trace_id, spanId: sent.outer_span_id, asDouble: 0.25 }
    expect(metrics.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
      {
        name: 'shop.checkout.duration',
        unit: 's',
        histogram: { dataPoints: [{ count: '1', sum: 0.25, attributes, exemplars: [exemplar] }] },
      },
      {
        name: 'shop.orders',
        unit: '{order}',
        sum: { isMonotonic: true, dataPoints: [{ asInt: '2', attributes }] },
      },
    ])
  })
})

describe('clew up', () => {
  let up: Program
  let urls: { viewer: string; otlp: string; grpc: string }
  beforeAll(async () => {
    const ports = ['--port', '0', '--otlp-port', '0']
    up = startProgram('dist/src/cli/main.js', ['up', ...ports, '--data', join(folder, 'up')], {})
    const [viewer = '', otlp = '', grpc = ''] = await addressesOf(up)
    urls = { viewer, otlp, grpc }
  })
  afterAll(async () => {
    up.child.kill('SIGTERM')
    expect(await up.ended).toMatchObject({ code: 0, stderr: '' })
  })
  const get = async <T>(path: string): Promise<T> => (await (await fetch(`${urls.viewer}/api/v1${path}`)).json()) as T
  const dataPoints = async (): Promise<number> =>
    (await get<{ metrics: { data_points_received: number } }>('/logs/health')).metrics.data_points_received

  it.for(cases)('shows what $language sends by $protocol', async (sender, { skip }) => {
    const { service, protocol, spanError } = sender
    skip(sender.command === undefined)
    const error = { ...sender.error, stack: sender.hasStack ? STACK : null, code: null }
    const before = await dataPoints()
    const sent = await send(sender, service, protocol, protocol === 'grpc' ? urls.grpc : urls.otlp)

    const { records } = await get<{ records: StoredLog[] }>(`/logs/search?service=${service}`)
    const [failed, taken] = records
    expect(records).toHaveLength(2)
    const said = { service, component: 'shop.checkout', trace_id: sent.trace_id }
    const metadata = { ...ORDER, 'order.address': ADDRESS }
    expect(taken).toMatchObject({ ...said, span_id: sent.outer_span_id, level: 'INFO', message: 'order taken', error: null }) // prettier-ignore
    expect(taken?.metadata).toEqual(metadata)
    expect(failed).toMatchObject({ ...said, span_id: sent.inner_span_id, level: 'ERROR', message: 'charge failed', error }) // prettier-ignore
    expect(failed?.metadata).toEqual(metadata)

    const errors = await get<{ records: StoredLog[] }>(`/logs/search?service=${service}&min_level=ERROR&q=charge`)
    expect(errors.records).toEqual([failed])

    const trace = await get<{ spans: readonly object[]; records: readonly StoredLog[] }>(`/traces/${sent.trace_id}`)
    expect(trace.records).toEqual([taken, failed])
    const ofTrace = { service, scope: 'shop.checkout' }
    expect(trace.spans).toMatchObject([
      {
        ...ofTrace,
        span_id: sent.outer_span_id,
        parent_span_id: null,
        name: 'checkout',
        kind: 'SERVER',
        status: 'UNSET',
        attributes: { 'order.id': 'o-7', 'order.items': 3 },
      },
      {
        ...ofTrace,
        span_id: sent.inner_span_id,
        parent_span_id: sent.outer_span_id,
        name: 'charge card',
        kind: 'CLIENT',
        status: 'ERROR',
        status_message: 'card refused',
        events: [
          {
            name: 'exception',
            attributes: { 'exception.type': spanError.type, 'exception.message': spanError.message },
          },
        ],
      },
    ])
    expect((await dataPoints()) - before).toBe(2)
  })
})

function atLeast<T>(count: number, items: readonly T[]): readonly T[] | undefined {
  return items.length >= count ? items : undefined
}

/** The addresses that `clew up` prints once it listens. */
async function addressesOf({ child, ended }: Program): Promise<string[]> {
  let printed = ''
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  while (!printed.includes('Ctrl+C'))
    await Promise.race([
      once(child.stdout as NodeJS.ReadableStream, 'data'),
      ended.then((end) => Promise.reject(new Error(end.stderr))),
    ])
  return [...printed.matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].map(([address]) => address)
}
