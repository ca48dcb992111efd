import { context, logs, propagation, SeverityNumber, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { logs as olderLogs } from '@opentelemetry/api-logs'
import { describe, expect, test } from 'vitest'
import { withContext } from '../../src/context/index.ts'
import { getLogger, pipeline } from '../../src/logging/index.ts'
import { captureLogs } from '../../src/testing/index.ts'

const log = getLogger('orders')

/** Made before any capture, as a program's modules make theirs. */
const tracer = trace.getTracer('shop', '1.2')

describe('a captured record', () => {
  test('has the keys of JSON lines, and is whole under its OpenTelemetry names', () => {
    using captured = captureLogs()
    const error = new TypeError('no money', { cause: new Error('limit') })
    withContext({ 'session.id': 's-1', 'tenant.id': 'acme' }, () =>
      log.child({ shard: 3 }).error('payment failed', error, { 'order.id': 7, duration_ms: 12.5 }),
    )
    const limit = { type: 'Error', message: 'limit', stack: expect.stringContaining('Error: limit\n') }
    const thrown = {
      type: 'TypeError',
      message: 'no money',
      stack: expect.stringContaining('no money\n'),
      cause: limit,
    }
    const uid = expect.stringMatching(/^[0-9A-Z]{26}$/)
    expect(captured.records).toEqual([
      {
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        level: 'ERROR',
        component: 'orders',
        message: 'payment failed',
        session_id: 's-1',
        tenant_id: 'acme',
        duration_ms: 12.5,
        error: thrown,
        error_type: 'TypeError',
        uid,
        metadata: { shard: 3, 'order.id': 7 },
        otlp: {
          timeUnixNano: expect.stringMatching(/^\d{19}$/),
          severityNumber: SeverityNumber.ERROR,
          severityText: 'ERROR',
          eventName: '',
          body: 'payment failed',
          attributes: {
            'session.id': 's-1',
            'clew.tenant.id': 'acme',
            shard: 3,
            'order.id': 7,
            'clew.duration_ms': 12.5,
            'exception.type': thrown.type,
            'exception.message': thrown.message,
            'exception.stacktrace': expect.stringContaining('\nCaused by: Error: limit\n'),
            'error.type': 'TypeError',
            'log.record.uid': uid,
          },
          traceId: '',
          spanId: '',
          scope: { name: 'orders', version: '' },
        },
        line: expect.stringMatching(
          /^[\d-]+ [\d:]+ \[ERROR\] orders: payment failed \(.*shard=3 order\.id=7\)\n {4}TypeError: no money\n/,
        ),
      },
    ])
    const [record] = captured.records
    expect(record?.otlp.attributes['log.record.uid']).toBe(record?.uid)
    expect(new Date(Number(record?.otlp.timeUnixNano.slice(0, -6))).toISOString()).toBe(record?.timestamp)
  })

  test('has the values that were encoded: safe, without secrets, and of that time', () => {
    using captured = captureLogs()
    const cart: Record<string, unknown> = { items: 1, password: 'hunter2' }
    cart['self'] = cart
    log.info('redis://user:hunter2@cache is up', { cart, total: 2n ** 70n, 'api.key': 'hunter2' })
    cart['items'] = 2
    expect(captured.records[0]).toMatchObject({
      message: 'redis://[REDACTED]@cache is up',
      metadata: {
        cart: { items: 1, password: '[REDACTED]', self: '[Circular]' },
        total: String(2n ** 70n),
        'api.key': '[REDACTED]',
      },
    })
    expect(JSON.stringify(captured.records)).not.toContain('hunter2')
  })

  test("may be another library's, said through OpenTelemetry's Logs API, also the older one", () => {
    using captured = captureLogs()
    logs.getLogger('library').emit({ severityNumber: SeverityNumber.WARN, body: { n: 1 }, eventName: 'cache.full' })
    expect(captured.records[0]).toMatchObject({
      level: 'WARNING',
      component: 'library',
      event: 'cache.full',
      message: '{"n":1}',
      otlp: { body: { n: 1 }, eventName: 'cache.full' },
    })
    olderLogs.getLogger('older').emit({ body: 'heard' })
    expect(captured.records[1]).toMatchObject({ component: 'older', message: 'heard' })
  })
})

describe('a captured span', () => {
  test('is whole, and its records are in it', () => {
    using captured = captureLogs()
    tracer.startActiveSpan('order', { kind: SpanKind.SERVER, attributes: { token: 'hunter2' } }, (outer) => {
      log.info('inside')
      const inner = tracer.startSpan('charge', { links: [{ context: outer.spanContext() }] })
      inner.addEvent('retry', { n: 2 }).setStatus({ code: SpanStatusCode.ERROR, message: 'no money' }).end()
      outer.end()
    })
    const [inner, outer] = captured.spans
    expect(outer).toEqual({
      name: 'order',
      kind: 'SERVER',
      status: 'UNSET',
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      scope: 'shop',
      start: expect.stringMatching(/Z$/),
      duration_ms: expect.any(Number),
      attributes: { token: '[REDACTED]' },
      events: [],
      links: [],
    })
    expect(inner).toMatchObject({
      name: 'charge',
      kind: 'INTERNAL',
      status: 'ERROR',
      status_message: 'no money',
      trace_id: outer?.trace_id,
      parent_span_id: outer?.span_id,
      events: [{ name: 'retry', time: expect.stringMatching(/Z$/), attributes: { n: 2 } }],
      links: [{ trace_id: outer?.trace_id, span_id: outer?.span_id, attributes: {} }],
    })
    expect(captured.records[0]).toMatchObject({ trace_id: outer?.trace_id, span_id: outer?.span_id })
  })

  test('is heard of in each capture, also from a tracer that was first used in an earlier one', () => {
    const names = ['first', 'second'].map((name) => {
      using captured = captureLogs()
      tracer.startSpan(name).end()
      return captured.spans.map((span) => span.name)
    })
    expect(names).toEqual([['first'], ['second']])
    expect(tracer.startSpan('outside').isRecording()).toBe(false)
  })

  test('is left out when its trace is not sampled', () => {
    using captured = captureLogs()
    const parent = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 0, isRemote: true }
    tracer.startSpan('unsampled', {}, trace.setSpanContext(context.active(), parent)).end()
    expect(captured.spans).toEqual([])
  })
})

test('the text is what people read, line by line', () => {
  using captured = captureLogs()
  log.info('one')
  log.warning('two\nforged', { n: 1 })
  expect(captured.text.split('\n').map((line) => line.slice('2026-01-01 00:00:00 '.length))).toEqual([
    '[INFO] orders: one',
    '[WARNING] orders: two\\nforged (n=1)',
  ])
})

test('what was captured can be cleared, and read after the end', () => {
  const captured = captureLogs()
  const { records, spans } = captured
  log.info('one')
  log.operation('two', () => {})
  expect([records.length, spans.length]).toEqual([2, 1])
  captured.clear()
  log.info('three')
  captured.stop()
  captured.stop()
  log.info('late')
  expect([records.map(({ message }) => message), spans, captured.text.includes('three')]).toEqual([['three'], [], true])
})

describe('the level', () => {
  test('is that which is set, or the one that is asked for', () => {
    const { levels } = pipeline.components
    try {
      pipeline.components.setLevels({ threshold: 9, components: { quiet: 17 } })
      using set = captureLogs()
      using all = captureLogs({ level: 'trace' })
      using severe = captureLogs({ level: 'ERROR' })
      log.debug('a')
      log.info('b')
      getLogger('quiet').warning('c')
      getLogger('new').error('d')
      const messages = [set, all, severe].map(({ records }) => records.map(({ message }) => message).join(''))
      expect(messages).toEqual(['bd', 'abcd', 'd'])
      all.stop()
      expect([log.enabled('DEBUG'), getLogger('quiet').enabled('WARNING')]).toEqual([false, false])
    } finally {
      pipeline.components.setLevels(levels)
    }
  })

  test('that does not exist is refused', () => {
    expect(() => captureLogs({ level: 'loud' as 'info' })).toThrow(
      'captureLogs({ level }): found "loud"; allowed: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL',
    )
  })
})

test('nothing is left behind', async () => {
  const state = (): unknown => ({
    tracing: tracer.startSpan('x').isRecording(),
    newTracing: trace.getTracer('new').startSpan('x').isRecording(),
    active: context.with(context.active().setValue(Symbol.for('k'), 1), () =>
      context.active().getValue(Symbol.for('k')),
    ),
    fields: propagation.fields(),
    logging: logs.getLogger('x').enabled(),
    olderLogging: Reflect.get(globalThis, Symbol.for('io.opentelemetry.js.api.logs')) as unknown,
    levels: pipeline.components.levels,
    thresholds: ['orders', 'unknown'].map((name) => ({ ...pipeline.components.get(name), scope: undefined })),
    encoding: pipeline.encoding,
    listeners: process.eventNames().map((event) => [event, process.listenerCount(event)]),
    resources: process.getActiveResourcesInfo().sort(),
    environment: { ...process.env },
  })
  const before = state()
  const { leftOut } = pipeline
  await captureLogs({ level: 'TRACE' }, async () => {
    using captured = captureLogs({ level: 'DEBUG' })
    await log.operation('work', async () => log.info('heard'))
    expect(captured.records).toHaveLength(2)
    expect(state()).not.toEqual(before)
  })
  expect(state()).toEqual(before)
  expect(pipeline.leftOut).toBe(leftOut)
  log.info('nobody listens')
  expect(pipeline.leftOut).toBe(leftOut + 1)
})

test('what surrounds a capture goes on after it', () => {
  const user = withContext({ 'user.id': 'u-1' }, () => {
    captureLogs().stop()
    using captured = captureLogs()
    log.info('still here')
    return captured.records[0]?.user_id
  })
  expect(user).toBe('u-1')
})

test('a record that can not be captured makes the rest unreadable rather than incomplete', () => {
  using captured = captureLogs()
  log.info('fine')
  logs.getLogger('hostile').emit(null as never)
  expect(() => captured.records).toThrow('something that was said could not be captured')
  captured.clear()
  expect(captured.records).toEqual([])
  logs.getLogger('hostile').emit(null as never)
  expect(() => captured.text).toThrow('something that was said could not be captured')
})
