import {
  createTraceState,
  trace,
  TraceFlags,
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api'

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** The W3C headers `traceparent` and `tracestate`. @see https://www.w3.org/TR/trace-context/ */
export class TraceContextPropagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = trace.getSpanContext(context)
    if (span === undefined || !trace.isSpanContextValid(span)) return
    const flags = (span.traceFlags & 0xff).toString(16).padStart(2, '0')
    setter.set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-${flags}`)
    if (span.traceState !== undefined) setter.set(carrier, 'tracestate', span.traceState.serialize())
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const header = first(getter.get(carrier, 'traceparent'))
    const match = header === undefined ? null : TRACEPARENT.exec(header.trim())
    if (match === null) return context
    const [, version = '', traceId = '', spanId = '', flags = '', rest] = match
    if (version === 'ff' || (version === '00' && rest !== undefined)) return context
    const spanContext = { traceId, spanId, traceFlags: parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true }
    if (!trace.isSpanContextValid(spanContext)) return context
    const state = getter.get(carrier, 'tracestate')
    const traceState =
      state === undefined ? undefined : createTraceState(Array.isArray(state) ? state.join(',') : state)
    return trace.setSpanContext(context, traceState === undefined ? spanContext : { ...spanContext, traceState })
  }

  fields(): string[] {
    return ['traceparent', 'tracestate']
  }
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
