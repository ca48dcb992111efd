import { INVALID_SPAN_CONTEXT, SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api'
import { activeContext, contextWithFields, fieldScope, type FieldScope } from '../context/index.ts'
import type { BoundFields, Fields } from '../otlp/index.ts'
import { DEFAULT_SAFETY, errorDetails, errorType, ownFields, plainText, THROWN_UNDEFINED } from '../values/index.ts'
import type { Component } from './component.ts'
import { knownLevel, SEVERITY, type LevelName } from './level.ts'
import { pipeline } from './pipeline.ts'

/** How an operation is recorded. */
export interface OperationOptions {
  /** Fields of the span and of the closing record. */
  readonly fields?: Fields
  /** Level of the record on success. @default 'INFO' */
  readonly level?: LevelName
  /** From this duration on, in milliseconds, the record is a WARNING that says "slow operation". @default 1000 */
  readonly slowMillis?: number
}

/** What the function of an operation is given. */
export interface Operation {
  readonly span: Span
  /** Adds fields to the span and to the closing record. */
  set(fields: Fields): void
}

/**
 * An operation without a function around it: it ends with `end` or `fail`, or at the end of the block that `using` declares it in. It is timed and recorded, but its span is not the active one:
 * nothing could make it inactive again for the caller.
 */
export interface StartedOperation extends Operation, Disposable {
  /** It succeeded. Only the first of `end` and `fail` counts. */
  end(): void
  /** It failed with what was thrown. To be called where that is caught: leaving the block by a throw alone can't be seen, and counts as success. */
  fail(error: unknown): void
}

/** What an operation is, besides its function. */
export interface OperationCall {
  readonly name: string
  readonly options: OperationOptions
  readonly component: Component
  readonly bound: BoundFields | undefined
}

/** The default of `slowMillis`; set by `init()`. */
export const operationDefaults = { slowMillis: 1_000 }

/** An operation between its start and its closing record. Nothing in it throws. */
export class RunningOperation implements StartedOperation {
  readonly span: Span
  /** The span is active in it. */
  readonly context: Context
  readonly #call: OperationCall
  readonly #name: string
  readonly #options: OperationOptions
  readonly #fields: Record<string, unknown>
  readonly #scope: FieldScope | undefined
  readonly #started = performance.now()
  #ended = false

  constructor(call: OperationCall) {
    this.#call = call
    this.#name = plainText(call.name)
    this.#options = ownFields(call.options)
    const outer = activeContext()
    this.span = startSpan(call.component.scope.name, this.#name, outer)
    this.context = contextWithFields(trace.setSpan(outer, this.span), { 'clew.operation': this.#name }, 'operation')
    this.#scope = fieldScope(this.context)
    this.#fields = ownFields(this.#options.fields)
    this.#tell(this.#fields)
  }

  set(fields: Fields): void {
    const own = ownFields(fields)
    Object.assign(this.#fields, own)
    this.#tell(own)
  }

  #tell(fields: Fields): void {
    pipeline.guard(() => {
      for (const key in fields) this.span.setAttribute(key, fields[key])
    })
  }

  end(): void {
    if (this.#ended) return
    const durationMillis = performance.now() - this.#started
    const { slowMillis } = this.#options
    const slow = durationMillis >= (typeof slowMillis === 'number' ? slowMillis : operationDefaults.slowMillis)
    this.#close(
      slow ? 'WARNING' : knownLevel(this.#options.level ?? 'INFO'),
      slow ? `slow operation: ${this.#name}` : `${this.#name} completed`,
      durationMillis,
      undefined,
    )
  }

  fail(error: unknown): void {
    if (this.#ended) return
    const durationMillis = performance.now() - this.#started
    const thrown = error === undefined ? THROWN_UNDEFINED : error
    const details = errorDetails(thrown, DEFAULT_SAFETY)
    pipeline.guard(() => {
      this.span.setAttribute('error.type', errorType(details))
      this.span.setStatus({ code: SpanStatusCode.ERROR, message: details.message })
    })
    this.#close('ERROR', `${this.#name} failed`, durationMillis, thrown)
  }

  [Symbol.dispose](): void {
    this.end()
  }

  #close(level: LevelName, body: string, durationMillis: number, error: unknown): void {
    this.#ended = true
    const gathered = this.#scope?.gathered
    this.#scope?.close()
    if (gathered !== undefined) this.set(gathered)
    this.#record(level, body, durationMillis, error)
    pipeline.guard(() => this.span.end())
  }

  #record(level: LevelName, body: string, durationMillis: number, error: unknown): void {
    const { component, bound } = this.#call
    if (component.threshold > SEVERITY[level]) return
    this.#fields['clew.duration_ms'] = Math.round(durationMillis * 1000) / 1000
    pipeline.emit({
      component,
      severityNumber: SEVERITY[level],
      severityText: level,
      body,
      bound,
      fields: this.#fields,
      error,
      context: this.context,
    })
  }
}

/** The tracer may be another SDK's, and not as careful as ours. */
function startSpan(scope: string, name: string, context: Context): Span {
  try {
    return trace.getTracer(scope).startSpan(name, {}, context)
  } catch {
    return trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
  }
}
