import { context, logs, trace } from '@opentelemetry/api'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchLogRecordProcessor,
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
  type LogRecordProcessor,
  type ReadableLogRecord,
  type ReadWriteLogRecord,
} from '@opentelemetry/sdk-logs'
import { describe, expect, test, vi } from 'vitest'
import { getLogger, withContext } from '../../dist/src/index.js'
import { receiverOfTest, startClew } from './support.ts'

const SECRETS = ['hunter2', 'tok-123', 'p4ss']

/** A processor that does one thing to each record. */
const processor = (onEmit: (record: ReadWriteLogRecord) => void): LogRecordProcessor => ({
  onEmit,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
})

/** Everything that can be read of a record. */
const seen = (record: ReadableLogRecord) => {
  const { hrTime, hrTimeObserved, spanContext, severityText, severityNumber, body, eventName } = record
  const { resource, instrumentationScope, attributes, droppedAttributesCount } = record
  const times = { hrTime, hrTimeObserved }
  const said = { spanContext, severityText, severityNumber, body, eventName, attributes, droppedAttributesCount }
  return { ...times, ...said, resource: resource.attributes, instrumentationScope }
}

/** What is asked of every record before two of them are compared. */
const inOrder = <T extends { readonly attributes: Record<string, unknown> }>(entries: readonly T[]): T[] =>
  entries.toSorted((a, b) =>
    String(a.attributes['log.record.uid']).localeCompare(String(b.attributes['log.record.uid'])),
  )

const sayAll = (): void => {
  const log = getLogger('orders')
  withContext({ 'tenant.id': 'acme' }, () =>
    trace.getTracer('t').startActiveSpan('work', (span) => {
      log.info('order placed', { 'order.id': 7, total: 12.5, vip: true, items: ['a', { b: 1 }], password: 'hunter2' })
      log
        .child({ 'session.id': 's' })
        .error('failed at redis://:p4ss@host/0', new Error('with https://u:tok-123@h'), { n: 1 })
      log.event('transcript.published', { length: 3, nested: { token: 'tok-123', big: 2n ** 60n } })
      logs.getLogger('library', '1').emit({ severityNumber: 10, severityText: 'info2', body: { a: ['x', null] }, timestamp: new Date(1e12) }) // prettier-ignore
      span.end()
    }),
  )
}

test('the official OTLP exporter sends the same records as clew, without secrets', async () => {
  const other = await receiverOfTest()
  const exporter = new OTLPLogExporter({ url: `${other.url}/v1/logs` })
  const { clew, receiver } = await startClew({ logRecordProcessors: [new BatchLogRecordProcessor({ exporter })] })
  sayAll()
  expect(await clew.flush()).toBe(true)
  expect(other.logs).toHaveLength(4)
  expect(inOrder(other.logs)).toEqual(inOrder(receiver.logs))
  const all = JSON.stringify([other.logs, receiver.logs])
  expect(SECRETS.filter((secret) => all.includes(secret))).toEqual([])
})

test('records have the shape that the official SDK gives them', async () => {
  const ours: ReadableLogRecord[] = []
  const theirs: ReadableLogRecord[] = []
  const { clew } = await startClew({ logRecordProcessors: [processor((record) => ours.push(record))] })
  const record = { severityNumber: 9, severityText: 'INFO', body: 'said', eventName: 'a.b', attributes: { n: 1 }, timestamp: new Date(1e12), observedTimestamp: new Date(1e12) } // prettier-ignore
  const active = trace.setSpanContext(context.active(), { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }) // prettier-ignore
  logs.getLogger('library').emit({ ...record, context: active })
  const { resource } = ours[0] as ReadableLogRecord
  const sdk = new LoggerProvider({
    resource: resourceFromAttributes(resource.attributes),
    processors: [processor((one) => theirs.push(one))],
  })
  const uid = ours[0]?.attributes['log.record.uid']
  sdk.getLogger('library').emit({ ...record, attributes: { n: 1, 'log.record.uid': uid }, context: active })
  await clew.flush()
  expect(seen(ours[0] as ReadableLogRecord)).toEqual(seen(theirs[0] as ReadableLogRecord))
})

describe('a processor that changes a record', () => {
  const changes: [string, (record: ReadWriteLogRecord) => void, object][] = [
    ['by its methods', (r) => r.setAttribute('a', 1).setAttributes({ b: [2] }).setBody('new').setEventName('e.f').setSeverityNumber(17).setSeverityText('ERROR'), { attributes: { n: 1, a: 1, b: [2] }, body: 'new', eventName: 'e.f', severityNumber: 17, severityText: 'ERROR' }], // prettier-ignore
    ['by its properties', (r) => Object.assign(r, { body: { text: 'new' }, severityText: 'NOTICE', hrTime: [1e9, 5], spanContext: undefined }), { attributes: { n: 1 }, body: { text: 'new' }, severityText: 'NOTICE', timeMillis: 1e12, traceId: '' }], // prettier-ignore
    ['by its attributes', (r) => { delete r.attributes['n']; r.attributes['tenant.id'] = 't' }, { attributes: { 'clew.tenant.id': 't' } }], // prettier-ignore
    ['by what no record can have', (r) => r.setAttribute('none', undefined).setSeverityNumber(99 as never).setAttribute(7 as never, 1), { attributes: { n: 1 }, severityNumber: 9 }], // prettier-ignore
  ]
  test.each(changes)('%s is seen by the next one and by every output', async (_, change, expected) => {
    const exporter = new InMemoryLogRecordExporter()
    const { clew, receiver } = await startClew({
      logRecordProcessors: [processor(change), new BatchLogRecordProcessor({ exporter })],
    })
    trace.getTracer('t').startActiveSpan('work', () => getLogger('a').info('said', { n: 1 }))
    await clew.flush()
    const [entry] = receiver.logs
    const { 'log.record.uid': uid, ...attributes } = entry?.attributes ?? {}
    expect({ ...entry, attributes }).toMatchObject(expected)
    const [exported] = exporter.getFinishedLogRecords()
    expect(exported?.attributes).toEqual({ ...attributes, 'log.record.uid': uid })
    expect(exported?.severityText).toBe(entry?.severityText)
    expect(exported?.body).toEqual(entry?.body)
  })

  test('can change an error, and what is left of it is an error still', async () => {
    const rename = processor((record) => record.setAttribute('exception.message', 'told otherwise'))
    const { clew, receiver } = await startClew({ logRecordProcessors: [rename] })
    getLogger('a').error('failed', new TypeError('as it was'))
    await clew.flush()
    expect(receiver.logs[0]?.attributes).toMatchObject({
      'exception.type': 'TypeError',
      'exception.message': 'told otherwise',
      'exception.stacktrace': expect.stringContaining('log-processors.test'),
    })
  })

  test('can not bring a secret out, in whatever order and way', async () => {
    const exporter = new InMemoryLogRecordExporter()
    const leak = processor((record) => {
      record.setAttribute('password', 'hunter2').setBody('see redis://:p4ss@host')
      record.attributes['api.token'] = 'tok-123'
      record.attributes['deep'] = { secret: 'hunter2' }
    })
    const batch = (): LogRecordProcessor => new BatchLogRecordProcessor({ exporter })
    const simple = new SimpleLogRecordProcessor({ exporter })
    const { clew, receiver } = await startClew({ logRecordProcessors: [batch(), leak, simple, batch()] })
    getLogger('a').info('said', { authorization: 'tok-123' })
    await clew.flush()
    const exported = exporter.getFinishedLogRecords()
    expect(exported).toHaveLength(3)
    const all = JSON.stringify([exported.map(seen), receiver.logs])
    expect(SECRETS.filter((secret) => all.includes(secret))).toEqual([])
    expect(exported[0]?.attributes).toMatchObject({ 'api.token': '[REDACTED]', deep: { secret: '[REDACTED]' } })
  })

  test('changes nothing when it comes too late', async () => {
    let kept: ReadWriteLogRecord | undefined
    const { clew, receiver } = await startClew({ logRecordProcessors: [processor((record) => (kept = record))] })
    getLogger('a').info('said', { n: { deep: 1 } })
    kept?.setAttribute('late', 1).setBody('late')
    expect(() => Object.assign(kept as object, { severityText: 'late' })).not.toThrow()
    expect(() => Object.assign(kept?.attributes['n'] as object, { deep: 2 })).toThrow(TypeError)
    await clew.flush()
    expect(seen(kept as ReadWriteLogRecord)).toMatchObject({ body: 'said', severityText: 'INFO' })
    expect(receiver.logs[0]).toMatchObject({ body: 'said', severityText: 'INFO', attributes: { n: { deep: 1 } } })
  })
})

describe('a processor that fails', () => {
  test.each<[string, Partial<LogRecordProcessor>]>([
    ['throws', { onEmit: () => { throw new Error('broken') } }], // prettier-ignore
    ['rejects', { onEmit: async () => { throw new Error('broken') } }], // prettier-ignore
    ['rejects at a flush', { forceFlush: () => Promise.reject(new Error('broken')) }],
    ['throws at a flush', { forceFlush: () => { throw new Error('broken') } }], // prettier-ignore
  ])('and %s is told of, and takes nothing with it', async (way, broken) => {
    const exporter = new InMemoryLogRecordExporter()
    const failing = Object.assign(
      Object.create(null) as LogRecordProcessor,
      processor(() => {}),
      broken,
    )
    const { clew, receiver } = await startClew({
      logRecordProcessors: [failing, new BatchLogRecordProcessor({ exporter })],
    })
    expect(() => getLogger('a').info('said')).not.toThrow()
    expect(await clew.flush()).toBe(!way.includes('flush'))
    expect([receiver.logs.length, exporter.getFinishedLogRecords().length]).toEqual([1, 1])
  })

  test('and never ends is waited for no longer than asked for', async () => {
    const stuck = { ...processor(() => {}), forceFlush: () => new Promise<void>(() => {}), shutdown: () => new Promise<void>(() => {}) } // prettier-ignore
    const shutdown = vi.fn<() => Promise<void>>(() => Promise.resolve())
    const { clew, receiver } = await startClew({
      logRecordProcessors: [stuck, { ...processor(() => {}), shutdown }],
      shutdownTimeoutMillis: 500,
    })
    getLogger('a').info('said')
    const started = performance.now()
    expect(await clew.flush(300)).toBe(false)
    await clew.shutdown()
    expect(performance.now() - started).toBeLessThan(10_000)
    expect([receiver.logs.length, shutdown.mock.calls.length]).toEqual([1, 1])
  })
})

test('a processor that logs for each record brings nothing down', async () => {
  const chatty = processor(() => getLogger('chatty').info('again'))
  const { clew, receiver } = await startClew({ logRecordProcessors: [chatty] })
  getLogger('a').info('said')
  await clew.flush()
  expect(receiver.logs.map(({ body }) => body)).toContain('said')
  expect(clew.status().leftOut).toBeGreaterThan(0)
})

test('an exporter in the place of a processor is refused, with the cure', async () => {
  const wrong = [new OTLPLogExporter()] as unknown as LogRecordProcessor[]
  await expect(startClew({ logRecordProcessors: wrong })).rejects.toThrow(/BatchLogRecordProcessor/)
})
