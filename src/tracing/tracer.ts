import {
  SamplingDecision,
  SpanKind,
  TraceFlags,
  trace,
  type Context,
  type Sampler,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api'
import { activeContext, fieldScope, runInContext, SUPPRESS_TRACING } from '../context/index.ts'
import { TraceReference, type Scope } from '../otlp/index.ts'
import { now, toMillis } from './clock.ts'
import { newSpanId, newTraceId } from './ids.ts'
import { RecordingSpan } from './span.ts'

/** What all tracers of one SDK share. */
export interface TracerParts {
  readonly sampler: Sampler
  /** Takes ended spans that are sampled. */
  readonly ended: (span: RecordingSpan) => void
}

/** @see https://opentelemetry.io/docs/specs/otel/trace/api/#tracer */
export class ClewTracer implements Tracer {
  readonly #scope: Scope
  readonly #parts: TracerParts

  constructor(scope: Scope, parts: TracerParts) {
    this.#scope = scope
    this.#parts = parts
  }

  startSpan(name: string, options: SpanOptions = {}, context: Context = activeContext()): Span {
    const parent = options.root === true ? undefined : validParent(context)
    const traceId = parent?.traceId ?? newTraceId()
    const kind = options.kind ?? SpanKind.INTERNAL
    const attributes = options.attributes ?? {}
    if (context.getValue(SUPPRESS_TRACING) === true)
      return trace.wrapSpanContext(newContext(traceId, TraceFlags.NONE, parent))
    const root = options.root === true ? trace.deleteSpan(context) : context
    const result = this.#parts.sampler.shouldSample(root, traceId, name, kind, attributes, options.links ?? [])
    const flags = result.decision === SamplingDecision.RECORD_AND_SAMPLED ? TraceFlags.SAMPLED : TraceFlags.NONE
    const spanContext = newContext(traceId, flags, parent, result.traceState)
    if (result.decision === SamplingDecision.NOT_RECORD) return trace.wrapSpanContext(spanContext)
    const span = new RecordingSpan({
      scope: this.#scope,
      spanContext,
      parent,
      name,
      kind: kind + 1,
      startMillis: options.startTime === undefined ? now() : toMillis(options.startTime),
      fields: fieldScope(context),
      ended: this.#parts.ended,
    })
    span.setAttributes(attributes)
    if (result.attributes !== undefined) span.setAttributes(result.attributes)
    if (options.links !== undefined) span.addLinks(options.links)
    return span
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    const fn = rest[rest.length - 1] as F
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : {}
    const parent = rest.length > 2 ? (rest[1] as Context) : activeContext()
    const span = this.startSpan(name, options, parent)
    return runInContext(trace.setSpan(parent, span), () => fn(span) as ReturnType<F>)
  }
}

function validParent(context: Context): SpanContext | undefined {
  const parent = trace.getSpanContext(context)
  return parent !== undefined && trace.isSpanContextValid(parent) ? parent : undefined
}

function newContext(
  traceId: string,
  traceFlags: number,
  parent: SpanContext | undefined,
  traceState = parent?.traceState,
): SpanContext {
  return new TraceReference(traceId, newSpanId(), traceFlags, traceState)
}
