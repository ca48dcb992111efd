import { context, SpanKind, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace'
import { describe, expect, test } from 'vitest'
import { bindContext, withContext } from '../../dist/src/index.js'
import { receiverOfTest, startClew } from './support.ts'

const SECRETS = ['hunter2', 'tok-123', 'p4ss']

const processor = (hooks: Partial<SpanProcessor>): SpanProcessor => ({
  onStart: () => {},
  onEnd: () => {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
  ...hooks,
})

const byId = <T extends { readonly spanId: string }>(spans: readonly T[]): T[] =>
  spans.toSorted((a, b) => a.spanId.localeCompare(b.spanId))

/** Everything that can be read of a span. */
const seen = (span: ReadableSpan) => {
  const { name, kind, parentSpanContext, startTime, endTime, status, attributes, links, events, duration, ended } = span
  const { droppedAttributesCount, droppedEventsCount, droppedLinksCount, instrumentationScope, resource } = span
  const times = { startTime, endTime, duration, ended }
  const dropped = { droppedAttributesCount, droppedEventsCount, droppedLinksCount }
  const { traceId, spanId, traceFlags } = span.spanContext()
  const said = { name, kind, parentSpanContext, status, attributes, links, events, instrumentationScope }
  return { ...times, ...dropped, ...said, resource: resource.attributes, traceId, spanId, traceFlags }
}

/** A span with everything in it. */
const record = (span: Span): void => {
  span.setAttributes({ n: 1, list: ['a', 'b'], flag: true }).addEvent('tick', { at: 2 }, [1e9 + 1, 5e6])
  span.addLink({
    context: { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceFlags: 1 },
    attributes: { why: 'x' },
  })
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'failed' }).updateName('renamed')
  span.end([1e9 + 2, 0])
}

test('the official OTLP exporter sends the same spans as clew, without secrets', async () => {
  const other = await receiverOfTest()
  const exporter = new OTLPTraceExporter({ url: `${other.url}/v1/traces` })
  const { clew, receiver } = await startClew({ spanProcessors: [new BatchSpanProcessor({ exporter })] })
  withContext({ 'tenant.id': 'acme' }, () =>
    trace.getTracer('t', '1').startActiveSpan('outer', { kind: SpanKind.CLIENT }, (outer) => {
      record(trace.getTracer('t').startSpan('inner redis://:p4ss@host', { startTime: [1e9, 0], attributes: { password: 'hunter2' } })) // prettier-ignore
      bindContext({ 'user.id': 7 })
      outer.recordException(new Error('at redis://:p4ss@host'))
      outer.setAttribute('api.token', 'tok-123').setStatus({ code: SpanStatusCode.ERROR, message: 'u://x:p4ss@h' }).end() // prettier-ignore
    }),
  )
  expect(await clew.flush()).toBe(true)
  expect(other.spans).toHaveLength(2)
  expect(byId(other.spans)).toEqual(byId(receiver.spans))
  const all = JSON.stringify([other.spans, receiver.spans])
  expect(SECRETS.filter((secret) => all.includes(secret))).toEqual([])
})

test('spans have the shape that the official SDK gives them', async () => {
  const ours: ReadableSpan[] = []
  const theirs: ReadableSpan[] = []
  const { clew } = await startClew({ spanProcessors: [processor({ onEnd: (span) => ours.push(span) })] })
  const parent = trace.setSpanContext(context.active(), { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true }) // prettier-ignore
  const start = { kind: SpanKind.SERVER, startTime: [1e9, 0] as [number, number], attributes: { first: 1 } }
  record(trace.getTracer('library').startSpan('work', start, parent))
  const sdk = new TracerProvider({
    resource: resourceFromAttributes(ours[0]?.resource.attributes ?? {}),
    spanProcessors: [processor({ onEnd: (span) => theirs.push(span) })],
  })
  record(sdk.getTracer('library').startSpan('work', start, parent))
  await clew.flush()
  const spanId = ours[0]?.spanContext().spanId
  expect(seen(ours[0] as ReadableSpan)).toEqual({ ...seen(theirs[0] as ReadableSpan), spanId })
})

describe('a span processor', () => {
  test('follows a span from its start to its end, and may change it until then', async () => {
    const heard: unknown[] = []
    const contexts: Context[] = []
    const follow = processor({
      onStart(span, parent) {
        contexts.push(parent)
        heard.push(['start', span.name, span.attributes, span.ended, span.duration])
        span.setAttribute('started', true).updateName('better')
      },
      onEnding(span) {
        heard.push(['ending', span.name, span.ended, span.duration, span.isRecording()])
        span.setAttribute('slow', true)
        span.end()
      },
      onEnd(span) {
        heard.push(['end', span.name, span.attributes, span.ended, span.duration])
      },
    })
    const { clew, receiver } = await startClew({ spanProcessors: [follow] })
    const start = { startTime: [1e9, 0] as [number, number], attributes: { password: 'hunter2' } }
    const root = context.active()
    const span = trace.getTracer('t').startSpan('work', start, root)
    span.end([1e9 + 1, 500_000_000])
    span.end()
    await clew.flush()
    const attributes = { password: '[REDACTED]' }
    expect(heard).toEqual([
      ['start', 'work', attributes, false, [-1, -1]],
      ['ending', 'better', false, [1, 500_000_000], true],
      ['end', 'better', { ...attributes, started: true, slow: true }, true, [1, 500_000_000]],
    ])
    expect(contexts).toEqual([root])
    expect(receiver.spans).toHaveLength(1)
    expect(receiver.spans[0]).toMatchObject({ name: 'better', attributes: { started: true, slow: true } })
  })

  test('meets the same object at the start and at the end, frozen then', async () => {
    const met: object[] = []
    const frozen: boolean[] = []
    const follow = processor({
      onStart: (span) => met.push(span),
      onEnd: (span) => {
        met.push(span)
        frozen.push(Object.isFrozen(span), Object.isFrozen(span.attributes), Object.isFrozen(span.events))
      },
    })
    await startClew({ spanProcessors: [follow] })
    trace.getTracer('t').startSpan('work').end()
    expect(met[0]).toBe(met[1])
    expect(frozen).toEqual([true, true, true])
  })

  test('that fails at every step is told of, and takes nothing with it', async () => {
    const broken = (): never => {
      throw new Error('broken')
    }
    const exporter = new InMemorySpanExporter()
    const failing = processor({ onStart: broken, onEnding: broken, onEnd: broken, forceFlush: broken })
    const { clew, receiver } = await startClew({ spanProcessors: [failing, new SimpleSpanProcessor({ exporter })] })
    trace.getTracer('t').startActiveSpan('work', (span) => span.end())
    expect(await clew.flush()).toBe(false)
    expect([receiver.spans.length, exporter.getFinishedSpans().length]).toEqual([1, 1])
  })
})
