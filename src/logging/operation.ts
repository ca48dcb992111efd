import { SpanStatusCode, trace, type Span } from '@opentelemetry/api'
import { activeContext, contextWithFields, runInContext } from '../context/index.ts'
import type { BoundFields, Fields } from '../otlp/index.ts'
import { errorDetails } from '../values/index.ts'
import type { Component } from './component.ts'
import { SEVERITY, type LevelName } from './level.ts'
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

export type OperationFunction<R> = (operation: Operation) => R

/** What an operation is, besides its function. */
export interface OperationCall {
  readonly name: string
  readonly options: OperationOptions
  readonly component: Component
  readonly bound: BoundFields | undefined
}

/** The default of `slowMillis`; set by `init()`. */
export const operationDefaults = { slowMillis: 1_000 }

/** Runs `fn` as an operation; see `Logger.operation`. */
export function runOperation<R>(call: OperationCall, fn: OperationFunction<R>): R {
  const outer = activeContext()
  const span = trace.getTracer(call.component.scope.name).startSpan(call.name, {}, outer)
  const context = contextWithFields(trace.setSpan(outer, span), { 'clew.operation': call.name })
  const running = new RunningOperation(call, span, context)
  return runInContext(context, () => {
    try {
      const result = fn(running)
      if (!isPromise(result)) {
        running.succeed()
        return result
      }
      return result.then(
        (value: unknown) => {
          running.succeed()
          return value
        },
        (error: unknown) => {
          running.fail(error)
          throw error
        },
      ) as R
    } catch (error) {
      running.fail(error)
      throw error
    }
  })
}

class RunningOperation implements Operation {
  readonly span: Span
  readonly #call: OperationCall
  readonly #context: ReturnType<typeof activeContext>
  readonly #started = performance.now()
  #fields: Record<string, unknown>

  constructor(call: OperationCall, span: Span, context: ReturnType<typeof activeContext>) {
    this.#call = call
    this.span = span
    this.#context = context
    this.#fields = { ...call.options.fields }
    for (const [key, value] of Object.entries(this.#fields)) span.setAttribute(key, value)
  }

  set(fields: Fields): void {
    Object.assign(this.#fields, fields)
    for (const [key, value] of Object.entries(fields)) this.span.setAttribute(key, value)
  }

  succeed(): void {
    const durationMillis = performance.now() - this.#started
    const { name, options } = this.#call
    const slow = durationMillis >= (options.slowMillis ?? operationDefaults.slowMillis)
    this.#record(
      slow ? 'WARNING' : (options.level ?? 'INFO'),
      slow ? `slow operation: ${name}` : `${name} completed`,
      durationMillis,
      undefined,
    )
    this.span.end()
  }

  fail(error: unknown): void {
    const { type, message } = errorDetails(error, (text) => text)
    this.span.setAttribute('error.type', type)
    this.span.setStatus({ code: SpanStatusCode.ERROR, message })
    this.#record(
      'ERROR',
      `${this.#call.name} failed`,
      performance.now() - this.#started,
      error ?? new Error('undefined was thrown'),
    )
    this.span.end()
  }

  #record(level: LevelName, body: string, durationMillis: number, error: unknown): void {
    const { component, bound } = this.#call
    if (component.threshold > SEVERITY[level]) return
    pipeline.emit({
      component,
      severityNumber: SEVERITY[level],
      severityText: level,
      body,
      bound,
      fields: { ...this.#fields, 'clew.duration_ms': Math.round(durationMillis * 1000) / 1000 },
      error,
      context: this.#context,
    })
  }
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
