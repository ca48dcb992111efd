import {
  SamplingDecision,
  SpanKind,
  TraceFlags,
  trace,
  type Context,
  type Sampler,
  type SamplingResult,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api'
import { activeContext, fieldScope, isDecided, isSuppressed, ROOT_NODE, runInContext } from '../context/index.ts'
import { TraceReference, type Scope } from '../otlp/index.ts'
import { plainText } from '../values/index.ts'
import { now, toMillis } from './clock.ts'
import { newSpanId, newTraceId } from './ids.ts'
import { RecordingSpan, type SpanSink } from './span.ts'
import type { SpanCounts } from './span-counts.ts'

/** What all tracers of one SDK share. */
export interface TracerParts extends SpanSink {
  readonly sampler: Sampler
  /** Hears of a new span, and of the context it was started in. */
  readonly started?: ((span: RecordingSpan, context: Context) => void) | undefined
  readonly counts?: SpanCounts
  /** Whether spans of this scope are told elsewhere already: then it gets a tracer that makes none. */
  readonly isQuiet?: (scope: string) => boolean
}

const KEEP: SamplingResult = Object.freeze({ decision: SamplingDecision.RECORD_AND_SAMPLED })

/** @see https://opentelemetry.io/docs/specs/otel/trace/api/#tracer */
export class ClewTracer implements Tracer {
  readonly #scope: Scope
  readonly #parts: TracerParts

  constructor(scope: Scope, parts: TracerParts) {
    this.#scope = scope
    this.#parts = parts
  }

  /** Never throws: where something given is unusable, the span is made without it. */
  startSpan(name: string, options?: SpanOptions, context?: Context): Span {
    try {
      return this.#start(plainText(name), options ?? {}, context ?? activeContext())
    } catch {
      return this.#start(plainText(name), {}, ROOT_NODE)
    }
  }

  #start(name: string, options: SpanOptions, context: Context): Span {
    const parent = options.root === true ? undefined : validParent(context)
    const traceId = parent?.traceId ?? newTraceId()
    if (isSuppressed(context)) return trace.wrapSpanContext(newContext(traceId, TraceFlags.NONE, parent))
    const kind = kindOf(options.kind)
    const root = options.root === true ? trace.deleteSpan(context) : context
    const result = this.#sample(root, traceId, name, kind, options)
    this.#parts.counts?.started(parent, result.decision)
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
      sink: this.#parts,
    })
    if (options.attributes !== undefined) span.setAttributes(options.attributes)
    if (result.attributes !== undefined) span.setAttributes(result.attributes)
    if (options.links !== undefined) span.addLinks(options.links)
    this.#parts.started?.(span, root)
    return span
  }

  /** A sampler that throws, or answers what is no decision, keeps the span. */
  #sample(context: Context, traceId: string, name: string, kind: SpanKind, options: SpanOptions): SamplingResult {
    if (options.root === true && isDecided(context)) return KEEP
    try {
      const { attributes = {}, links = [] } = options
      const result = this.#parts.sampler.shouldSample(context, traceId, name, kind, attributes, links)
      return SamplingDecision[result.decision] === undefined ? KEEP : result
    } catch {
      return KEEP
    }
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    const fn = rest[rest.length - 1] as F
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : {}
    const parent = rest.length > 2 ? (rest[1] as Context | undefined) : undefined
    const span = this.startSpan(name, options, parent)
    return runInContext(contextOf(span, parent), () => fn(span) as ReturnType<F>)
  }
}

function contextOf(span: Span, parent = activeContext()): Context {
  try {
    return trace.setSpan(parent, span)
  } catch {
    return trace.setSpan(ROOT_NODE, span)
  }
}

function kindOf(kind: unknown): SpanKind {
  return typeof kind === 'number' && SpanKind[kind] !== undefined ? kind : SpanKind.INTERNAL
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
