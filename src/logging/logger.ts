import type { Measured } from '../context/index.ts'
import { BoundFields, type Fields } from '../otlp/index.ts'
import { ownFields, plainText } from '../values/index.ts'
import { callArguments, isFields, type LazyMessage } from './call-arguments.ts'
import { componentCounts } from './component-counts.ts'
import type { Component } from './component.ts'
import { knownLevel, SEVERITY, type LevelName } from './level.ts'
import { runOperation, type OperationFunction } from './operation.ts'
import { pipeline } from './pipeline.ts'
import { RunningOperation, type OperationOptions, type StartedOperation } from './running-operation.ts'
import { safeName } from './safe-name.ts'

/**
 * The voice of one component. Cheap to make and to keep; usable before `init()` (what is said then is counted, not kept).
 *
 * A call takes a message, a message with fields, a message with what was thrown (and fields), an error alone, or a function that makes the message and is
 * called only when the level is on. Calls never throw.
 */
export class Logger {
  readonly #component: Component
  readonly #bound: BoundFields | undefined

  /** @internal Use `getLogger`. */
  constructor(component: Component, bound?: BoundFields) {
    this.#component = component
    this.#bound = bound
  }

  trace(message: string | Error | LazyMessage, fieldsOrError?: unknown, fields?: Fields): void {
    if (this.#component.threshold <= SEVERITY.TRACE) this.#say('TRACE', message, fieldsOrError, fields)
  }

  debug(message: string | Error | LazyMessage, fieldsOrError?: unknown, fields?: Fields): void {
    if (this.#component.threshold <= SEVERITY.DEBUG) this.#say('DEBUG', message, fieldsOrError, fields)
  }

  info(message: string | Error | LazyMessage, fieldsOrError?: unknown, fields?: Fields): void {
    if (this.#component.threshold <= SEVERITY.INFO) this.#say('INFO', message, fieldsOrError, fields)
  }

  warning(message: string | Error | LazyMessage, fieldsOrError?: unknown, fields?: Fields): void {
    if (this.#component.threshold <= SEVERITY.WARNING) this.#say('WARNING', message, fieldsOrError, fields)
  }

  error(message: string | Error | LazyMessage, fieldsOrError?: unknown, fields?: Fields): void {
    if (this.#component.threshold <= SEVERITY.ERROR) this.#say('ERROR', message, fieldsOrError, fields)
  }

  critical(message: string | Error | LazyMessage, fieldsOrError?: unknown, fields?: Fields): void {
    if (this.#component.threshold <= SEVERITY.CRITICAL) this.#say('CRITICAL', message, fieldsOrError, fields)
  }

  /** The same as `warning`. */
  warn(message: string | Error | LazyMessage, fieldsOrError?: unknown, fields?: Fields): void {
    this.warning(message, fieldsOrError, fields)
  }

  /** The same as `critical`. */
  fatal(message: string | Error | LazyMessage, fieldsOrError?: unknown, fields?: Fields): void {
    this.critical(message, fieldsOrError, fields)
  }

  /**
   * A named event: tools count and alert on its name, without reading text.
   * @param name such as `transcript.published`
   * @param level INFO unless said otherwise
   * @see https://opentelemetry.io/docs/specs/semconv/general/events/
   */
  event(name: string, fields?: Fields, level: LevelName = 'INFO'): void {
    const known = knownLevel(level)
    if (this.#component.threshold > SEVERITY[known]) return
    const safe = safeName(name)
    this.#emit(known, safe, undefined, fields === undefined ? undefined : ownFields(fields), safe)
  }

  /**
   * Counts what is too frequent for a record each: the sums are on the record that closes the operation, request or session one is in, and on that of the request or session around it; outside of all, on a record
   * of this component every minute and at the end. Bounded, however many calls: 64 names for each of these records; what is beyond is counted in `clew.count.left_out`. Bound fields have no part in it.
   * @param name such as `audio.chunk`, which makes the attribute `audio.chunk.count`
   * @param measured how many there were; or one, with values of which sum, least and most are told: `{ bytes }` makes `audio.chunk.bytes.sum`, `.min` and `.max`
   */
  count(name: string, measured: Measured = 1): void {
    componentCounts.count(this.#component, plainText(name), measured)
  }

  /** Whether a record of this level would be kept. */
  enabled(level: LevelName): boolean {
    return this.#component.threshold <= SEVERITY[knownLevel(level)]
  }

  /** A logger of the same component whose records carry these fields too. The values are read now. */
  child(fields: Fields): Logger {
    return new Logger(this.#component, new BoundFields(fields, this.#bound))
  }

  /**
   * Runs a function as an operation: a span around it, active inside; one record when it succeeded, with its duration; one at ERROR when it threw or rejected, which it
   * still does; a WARNING when it took longer than `slowMillis`. It ends when the promise that the function returned settles; anything else that has a `then` (a query that
   * runs only when it is awaited) is returned as it is, and the operation ends at once: make the function `async` to wait for it.
   * @returns what the function returns
   */
  operation<R>(name: string, fn: OperationFunction<R>): R
  operation<R>(name: string, options: OperationOptions, fn: OperationFunction<R>): R
  operation<R>(name: string, optionsOrFn: OperationOptions | OperationFunction<R>, fn?: OperationFunction<R>): R {
    const options = typeof optionsOrFn === 'function' ? {} : (optionsOrFn ?? {})
    const run = typeof optionsOrFn === 'function' ? optionsOrFn : (fn as OperationFunction<R>)
    return runOperation({ name, options, component: this.#component, bound: this.#bound }, run)
  }

  /** Starts an operation that ends with the block: `using op = log.startOperation('import')`. Its span is not made the active one. */
  startOperation(name: string, options: OperationOptions = {}): StartedOperation {
    return new RunningOperation({ name, options, component: this.#component, bound: this.#bound })
  }

  #say(level: LevelName, first: unknown, second: unknown, third: unknown): void {
    try {
      if (typeof first === 'string' && third === undefined) {
        if (second === undefined) return this.#emit(level, first, undefined, undefined)
        if (isFields(second)) return this.#emit(level, first, undefined, second)
      }
      const { message, error, fields } = callArguments(first, second, third)
      this.#emit(level, message, error, fields)
    } catch (error) {
      this.#emit(level, typeof first === 'string' ? first : '[the message could not be made]', error, undefined)
    }
  }

  #emit(level: LevelName, body: unknown, error: unknown, fields: Fields | undefined, eventName?: string): void {
    pipeline.emit({
      component: this.#component,
      severityNumber: SEVERITY[level],
      severityText: level,
      body,
      bound: this.#bound,
      fields,
      error,
      eventName,
    })
  }
}

/**
 * The logger of a component: a part of the program as its people name it. On the wire it is the instrumentation scope.
 * @param component such as `orders`
 */
export function getLogger(component: string): Logger {
  return new Logger(pipeline.components.get(component))
}
