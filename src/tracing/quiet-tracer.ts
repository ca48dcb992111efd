import { INVALID_SPAN_CONTEXT, trace, type Context, type Span, type SpanOptions, type Tracer } from '@opentelemetry/api'
import { activeContext, runInContext } from '../context/index.ts'

/** Makes no spans: what runs in one of its own belongs to the span around it. */
export class QuietTracer implements Tracer {
  startSpan(_name: string, options?: SpanOptions, context = activeContext()): Span {
    const around = options?.root === true ? undefined : trace.getSpanContext(context)
    return trace.wrapSpanContext(around ?? INVALID_SPAN_CONTEXT)
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    const fn = rest[rest.length - 1] as F
    const context = (rest.length > 2 ? (rest[1] as Context | undefined) : undefined) ?? activeContext()
    const span = this.startSpan(name, rest.length > 1 ? (rest[0] as SpanOptions) : {}, context)
    return runInContext(trace.setSpan(context, span), () => fn(span) as ReturnType<F>)
  }
}
