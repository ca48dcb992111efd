import { context, logs, ROOT_CONTEXT, SpanStatusCode, trace, type Attributes, type Tracer } from '@opentelemetry/api'
import { bindContext, getLogger, withContext } from '../../../src/index.ts'

/** One place in telemetry where a program can put a text, or any value. */
export interface Place {
  readonly name: string
  say(text: string): void
}

export interface ValuePlace {
  readonly name: string
  say(value: unknown): void
}

const tracer = (): Tracer => trace.getTracer('planting')
const log = getLogger('planting')

function span(act: (span: ReturnType<Tracer['startSpan']>) => void, name = 'work', attributes: Attributes = {}): void {
  const started = tracer().startSpan(name, { attributes }, ROOT_CONTEXT)
  act(started)
  started.end()
}

const thrown = (message: string): Error => {
  try {
    throw new TypeError(message)
  } catch (error) {
    return error as Error
  }
}

/** Every place that takes a text. */
export const TEXT_PLACES: readonly Place[] = [
  { name: 'message', say: (text) => log.info(text) },
  { name: 'message with fields', say: (text) => log.warning(text, { order: 7 }) },
  { name: 'lazy message', say: (text) => log.info(() => text) },
  { name: 'field', say: (text) => log.info('said', { detail: text }) },
  { name: 'deep field', say: (text) => log.info('said', { a: { b: [{ c: { d: text } }] } }) },
  { name: 'array field', say: (text) => log.info('said', { list: ['x', text] }) },
  { name: 'map value', say: (text) => log.info('said', { map: new Map([['k', text]]) }) },
  { name: 'symbol', say: (text) => log.info('said', { symbol: Symbol(text) }) },
  { name: 'key', say: (text) => log.info('said', { [text]: 1 }) },
  { name: 'deep key', say: (text) => log.info('said', { map: { [text]: 1 } }) },
  { name: 'error', say: (text) => log.error(thrown(text)) },
  { name: 'error beside a message', say: (text) => log.error('failed', thrown(text), { order: 7 }) },
  { name: 'cause', say: (text) => log.error('failed', new Error('outer', { cause: new Error('mid', { cause: thrown(text) }) })) }, // prettier-ignore
  { name: 'cause that is text', say: (text) => log.error('failed', new Error('outer', { cause: text })) },
  { name: 'errors', say: (text) => log.error('failed', new AggregateError([new Error('x'), thrown(text)], 'all')) },
  { name: 'thrown text', say: (text) => log.error('failed', text) },
  { name: 'thrown object', say: (text) => log.error('failed', { message: text }, {}) },
  { name: 'error in a field', say: (text) => log.info('said', { error: thrown(text) }) },
  { name: 'error name', say: (text) => log.error('failed', Object.assign(new Error('x'), { name: text })) },
  { name: 'getter that throws', say: (text) => log.info('said', { a: { get b() { throw new Error(text) } } }) }, // prettier-ignore
  { name: 'component', say: (text) => getLogger(text).info('said') },
  { name: 'event', say: (text) => log.event(text, { order: 7 }) },
  { name: 'bound field', say: (text) => log.child({ bound: text }).info('said') },
  { name: 'context field', say: (text) => withContext({ tenant: text }, () => log.info('said')) },
  { name: 'bound context', say: (text) => withContext({ a: 1 }, () => (bindContext({ bound: text }), log.info('said'), span(() => {}))) }, // prettier-ignore
  { name: 'operation', say: (text) => log.operation(text, { fields: { detail: text } }, (op) => op.set({ more: text })) }, // prettier-ignore
  { name: 'operation that fails', say: (text) => failing(text) },
  { name: 'API body', say: (text) => logs.getLogger('api').emit({ body: text, attributes: { a: text } }) },
  { name: 'API level', say: (text) => logs.getLogger('api').emit({ body: 'said', severityText: text }) },
  { name: 'API event', say: (text) => logs.getLogger('api').emit({ body: 'said', eventName: text }) },
  { name: 'API body that is a map', say: (text) => logs.getLogger('api').emit({ body: { a: [text] } }) },
  { name: 'API exception', say: (text) => logs.getLogger('api').emit({ body: 'said', exception: thrown(text) }) },
  { name: 'span name', say: (text) => span(() => {}, text) },
  { name: 'span attribute', say: (text) => span(() => {}, 'work', { detail: text, list: ['x', text] }) },
  { name: 'later span attribute', say: (text) => span((one) => one.setAttribute('detail', text).updateName(text)) },
  { name: 'span attribute key', say: (text) => span((one) => one.setAttribute(text, 1)) },
  { name: 'span event', say: (text) => span((one) => one.addEvent(text, { detail: text })) },
  { name: 'span exception', say: (text) => span((one) => one.recordException(thrown(text))) },
  { name: 'span status', say: (text) => span((one) => one.setStatus({ code: SpanStatusCode.ERROR, message: text })) },
  { name: 'span link', say: (text) => span((one) => one.addLink({ context: LINKED, attributes: { detail: text } })) },
  { name: 'tracer', say: (text) => trace.getTracer(text, text).startSpan('x').end() },
]

const LINKED = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', traceFlags: 1 }

function failing(text: string): void {
  try {
    log.operation('work', () => {
      throw thrown(text)
    })
  } catch {
    // it is thrown on, as it should be
  }
}

/** Every place that takes any value. */
export const VALUE_PLACES: readonly ValuePlace[] = [
  { name: 'field', say: (value) => log.info('said', { detail: value }) },
  { name: 'fields', say: (value) => log.info('said', value) },
  { name: 'deep field', say: (value) => log.info('said', { a: { b: [value] } }) },
  { name: 'bound field', say: (value) => log.child({ bound: value }).info('said') },
  { name: 'context field', say: (value) => withContext({ bound: value }, () => log.info('said')) },
  { name: 'thrown value', say: (value) => log.error('failed', value, {}) },
  { name: 'cause', say: (value) => log.error('failed', new Error('outer', { cause: value })) },
  { name: 'errors', say: (value) => log.error('failed', new AggregateError([value], 'all')) },
  { name: 'API body', say: (value) => logs.getLogger('api').emit({ body: value }) },
  { name: 'API attribute', say: (value) => logs.getLogger('api').emit({ attributes: { a: value } }) },
  { name: 'span attribute', say: (value) => span((one) => one.setAttribute('detail', value)) },
  { name: 'span event', say: (value) => span((one) => one.addEvent('x', { detail: value as never })) },
  { name: 'context of a span', say: (value) => withContext({ bound: value }, () => context.with(context.active(), () => span(() => {}))) }, // prettier-ignore
]
