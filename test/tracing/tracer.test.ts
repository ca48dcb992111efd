import { context, propagation, SpanKind, trace, TraceFlags } from '@opentelemetry/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { withContext } from '../../src/context/index.ts'
import { ClewTracerProvider, createSampler, type RecordingSpan } from '../../src/tracing/index.ts'
import { startTelemetry, type Telemetry } from '../support/telemetry.ts'

let telemetry: Telemetry
beforeEach(() => {
  telemetry = startTelemetry()
})
afterEach(() => telemetry.stop())

const tracer = () => trace.getTracer('library', '1.0')

describe('a span', () => {
  test('keeps what it is told until it ends, and nothing after', () => {
    const start = new Date('2026-01-01T00:00:00.000Z')
    const span = tracer().startSpan('work', { kind: SpanKind.CLIENT, attributes: { a: 1 }, startTime: start })
    span.setAttributes({ b: 'x' }).updateName('better').addEvent('tick', { n: 1 }, start)
    span.addLink({ context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 } })
    span.end([start.getTime() / 1000, 500_000_000])
    span.setAttribute('late', 1).updateName('late')
    span.end()
    expect(telemetry.spans).toHaveLength(1)
    expect(telemetry.spans[0]).toMatchObject({
      name: 'better',
      kind: 3,
      startMillis: start.getTime(),
      endMillis: start.getTime() + 500,
      attributes: { a: 1, b: 'x' },
      events: [{ name: 'tick', timeMillis: start.getTime(), attributes: { n: 1 } }],
      links: [{ context: { traceId: 'a'.repeat(32) } }],
    })
    expect(span.isRecording()).toBe(false)
  })

  test('has a bound number of attributes, events and links, and counts the rest', () => {
    const span = tracer().startSpan('work')
    for (let i = 0; i < 200; i++) {
      span.setAttribute(`k${i}`, i).addEvent('e')
      span.addLink({ context: span.spanContext() })
    }
    span.end()
    expect(telemetry.spans[0]).toMatchObject({ droppedAttributes: 72, droppedEvents: 72, droppedLinks: 72 })
  })

  test('carries the fields bound around it, also those bound while it ran', () => {
    withContext({ 'session.id': 's' }, () => tracer().startActiveSpan('work', (span) => span.end()))
    expect(telemetry.spans[0]?.context?.fields).toEqual({ 'session.id': 's' })
  })

  test('is a child of the active one, and a root when told so', () => {
    tracer().startActiveSpan('outer', (outer) => {
      tracer().startSpan('child').end()
      tracer().startSpan('root', { root: true }).end()
      outer.end()
    })
    const [child, root, outer] = telemetry.spans as [RecordingSpan, RecordingSpan, RecordingSpan]
    expect([child.parentSpanId, child.traceId]).toEqual([outer.spanId, outer.traceId])
    expect(root.parentSpanId).toBeUndefined()
    expect(root.traceId).not.toBe(outer.traceId)
  })
})

describe('a span that is given what it should not be', () => {
  const revoked = (): never => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy as never
  }
  const odd = (value: unknown): never => value as never

  test('takes every key as a key', () => {
    const span = tracer().startSpan('x', { attributes: { constructor: 'a' } })
    span.setAttribute('__proto__', 'b').setAttribute('toString', 'c').setAttribute(odd(undefined), 1).end()
    expect(Object.entries(telemetry.spans[0]?.attributes ?? {})).toEqual([
      ['constructor', 'a'],
      ['__proto__', 'b'],
      ['toString', 'c'],
    ])
  })

  test('does not throw, and has the rest', () => {
    const span = tracer().startSpan(odd(undefined), { links: [odd({}), odd(null)], kind: odd('client') })
    span
      .setStatus({ code: 2, message: odd(404) })
      .setStatus(odd(undefined))
      .setAttributes(revoked())
    span.addLink(odd({})).addLinks(odd(undefined)).addLink(revoked()).addEvent(odd(7), revoked()).updateName(odd(null))
    for (const hostile of [revoked(), { errors: revoked() }, Object.create(null)]) span.recordException(odd(hostile))
    span.end(odd(Number.NaN))
    expect(telemetry.spans).toHaveLength(1)
    expect(telemetry.spans[0]).toMatchObject({ name: 'null', kind: 1, statusCode: 2, statusMessage: '404', links: [] })
    expect(telemetry.spans[0]?.events.map((event) => event.name)).toEqual(['7', 'exception', 'exception', 'exception'])
  })

  test('has the time now for what is no time', () => {
    const before = Date.now() - 5
    for (const time of [new Date(Number.NaN), [Number.NaN, 0], Number.NaN, [{}], 'soon', revoked()])
      tracer()
        .startSpan('x', { startTime: odd(time) })
        .end(odd(time))
    expect(telemetry.spans).toHaveLength(6)
    for (const span of telemetry.spans) expect(Math.min(span.startMillis, span.endMillis)).toBeGreaterThan(before)
  })

  test('is a root for what is no context', () => {
    for (const context of [null, {}, revoked()]) {
      if (context !== null) tracer().startSpan('x', {}, odd(context)).end()
      expect(tracer().startActiveSpan('y', {}, odd(context), (span) => (span.end(), 7))).toBe(7)
    }
    expect(telemetry.spans.map((span) => span.parentSpanId)).toEqual(Array.from({ length: 5 }))
  })
})

describe('sampling', () => {
  const traced = (name: Parameters<typeof createSampler>[0], ratio: number, count: number): number => {
    let ended = 0
    const provider = new ClewTracerProvider({ sampler: createSampler(name, ratio), ended: () => ended++ })
    for (let i = 0; i < count; i++) provider.getTracer('t').startSpan('x').end()
    return ended
  }

  test('keeps all, none, or about the share asked for', () => {
    expect(traced('always_on', 1, 100)).toBe(100)
    expect(traced('always_off', 1, 100)).toBe(0)
    expect(Math.abs(traced('traceidratio', 0.25, 4_000) - 1_000)).toBeLessThan(150)
    expect(traced('parentbased_traceidratio', 0, 100)).toBe(0)
  })

  test.each([
    ['throws', () => { throw new Error('no') }], // prettier-ignore
    ['answers nothing', () => undefined],
    ['answers what is no decision', () => ({ decision: 9 })],
  ])('keeps the span when the sampler %s', (_how, shouldSample) => {
    let ended = 0
    const sampler = { shouldSample } as unknown as ReturnType<typeof createSampler>
    new ClewTracerProvider({ sampler, ended: () => ended++ }).getTracer('t').startSpan('x').end()
    expect(ended).toBe(1)
  })

  test('follows the parent, and what is not sampled keeps its ids', () => {
    const parent = trace.setSpanContext(context.active(), {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      traceFlags: TraceFlags.NONE,
      isRemote: true,
    })
    const span = tracer().startSpan('x', {}, parent)
    expect(span.isRecording()).toBe(false)
    expect(span.spanContext()).toMatchObject({ traceId: 'a'.repeat(32), traceFlags: 0 })
    span.end()
    expect(telemetry.spans).toEqual([])
  })
})

describe('traceparent', () => {
  const extract = (traceparent: string) =>
    trace.getSpanContext(propagation.extract(context.active(), { traceparent, tracestate: 'a=1' }))

  test('goes out and comes in', () => {
    const carrier: Record<string, string> = {}
    tracer().startActiveSpan('x', (span) => {
      propagation.inject(context.active(), carrier)
      expect(extract(carrier['traceparent'] as string)).toMatchObject({ ...span.spanContext(), isRemote: true })
    })
  })

  test.each([
    '',
    'nonsense',
    `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`,
    `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01-extra`,
    `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`,
  ])('that is not one is ignored: %s', (header) => expect(extract(header)).toBeUndefined())

  test('of a later version is read', () =>
    expect(extract(`01-${'a'.repeat(32)}-${'b'.repeat(16)}-01-more`)).toMatchObject({ traceFlags: 1 }))
})
