import { SpanStatusCode, trace, type Context, type Span } from '@opentelemetry/api'
import type { Fields } from '../../src/otlp/index.ts'
import { DEFAULT_SAFETY, errorDetails } from '../../src/values/index.ts'
import { ATTRIBUTES } from './attributes.ts'
import { callerFrames } from './caller-stacks.ts'
import { isBlocking, UNKNOWN, type CommandShape } from './command-shape.ts'
import { keyPattern } from './key-pattern.ts'
import type { OperationRoad } from './operation-road.ts'
import { emitRecord } from './redis-record.ts'
import type { RedisTarget } from './redis-target.ts'
import { isExpected, isUnknownCommand, isWatchError, replyCode, shownError } from './reply-error.ts'
import { linkEntries } from './stream-context.ts'

/** A command as it is called. */
export interface CalledCommand {
  readonly target: RedisTarget
  readonly shape: CommandShape
  readonly args: readonly unknown[]
  /** Where its arguments begin. */
  readonly first: number
  readonly context: Context
  /** By `performance.now()`. */
  readonly started: number
}

/** What is said of a failure. */
export interface Failure {
  readonly attributes: Record<string, string>
  readonly error: unknown
  /** Whether it belongs to normal work. */
  readonly isExpected: boolean
  /** Whether a transaction lost its race. */
  readonly isDiscarded: boolean
}

const DIGEST = /^[0-9a-f]{40}$/i
const FUNCTION_NAME = /^\w{1,64}$/
const PROCEDURES: Readonly<Record<string, RegExp>> = {
  EVALSHA: DIGEST,
  EVALSHA_RO: DIGEST,
  FCALL: FUNCTION_NAME,
  FCALL_RO: FUNCTION_NAME,
}

/** A command under way. */
export class RedisOperation {
  readonly #road: OperationRoad
  readonly #command: CalledCommand
  readonly #span: Span | undefined
  readonly #stack: object | undefined
  #target: RedisTarget
  #finished = false

  constructor(road: OperationRoad, command: CalledCommand) {
    const { target, shape, args, first, context, started } = command
    this.#road = road
    this.#command = command
    this.#target = target
    const attributes = target.commandAttributes(shape, args.length - first)
    this.#span = road.span(shape.name, { kind: shape.kind, attributes, startTime: started }, context)
    if (shape.isScript) this.#nameProcedure(args[first])
    this.#stack = road.stack(started)
    target.load.pending++
  }

  /** In which the operation's span is active. */
  get context(): Context {
    const { context } = this.#command
    return this.#span === undefined ? context : trace.setSpan(context, this.#span)
  }

  /** A cluster has chosen the node that it goes to. */
  sentTo(target: RedisTarget): void {
    if (target === this.#target) return
    this.#target.load.pending--
    this.#target = target
    target.load.pending++
    this.#span?.setAttributes(target.attributes)
  }

  succeed(reply: unknown): void {
    if (!this.#finished) this.#road.finish(() => this.#succeed(reply))
  }

  fail(error: unknown): void {
    if (!this.#finished) this.#road.finish(() => this.#fail(error))
  }

  #succeed(reply: unknown): void {
    const millis = this.#finish()
    const { shape, args, context, started } = this.#command
    const { slowMillis, streamContext } = this.#road.settings
    if (millis >= slowMillis && !isBlocking(shape.name, args)) this.#tellSlow(millis)
    if (this.#span !== undefined) {
      if (streamContext) linkEntries(this.#span, shape.name, reply)
      this.#span.end(started + millis)
    }
    this.#road.duration(this.#target, shape.name).record(millis / 1_000, context)
  }

  #fail(error: unknown): void {
    const millis = this.#finish()
    const { shape, started } = this.#command
    const name = isUnknownCommand(error) ? UNKNOWN : shape.name
    const failure = this.#failure(error)
    this.#tell(error, failure, name, millis)
    if (this.#span !== undefined) {
      if (name !== shape.name)
        this.#span.updateName(name).setAttributes({ [ATTRIBUTES.operation]: name, [ATTRIBUTES.queryText]: `${name} ?` })
      failSpan(this.#span, failure)
      this.#span.end(started + millis)
    }
    this.#road.durations.current.record(
      millis / 1_000,
      { ...this.#target.metricAttributes, [ATTRIBUTES.operation]: name, ...failure.attributes },
      this.context,
    )
  }

  #finish(): number {
    this.#finished = true
    this.#target.load.pending--
    return performance.now() - this.#command.started
  }

  #failure(error: unknown): Failure {
    const { shape, args, first } = this.#command
    return failureOf(error, { shape, args: args.slice(first), caller: callerFrames(this.#stack) })
  }

  #tell(error: unknown, failure: Failure, name: string, millis: number): void {
    if (failure.isExpected || isTold(this.#road.told, error)) return
    emitRecord({
      level: 'ERROR',
      message: 'Redis operation failed',
      fields: { ...this.#recordFields(name, millis), ...failure.attributes },
      context: this.context,
      error: failure.error,
    })
  }

  #tellSlow(millis: number): void {
    const fields = this.#recordFields(this.#command.shape.name, millis)
    emitRecord({ level: 'WARNING', message: 'slow Redis command', fields, context: this.context })
  }

  #recordFields(name: string, millis: number): Fields {
    const { args, first } = this.#command
    return recordFields(name, keyPattern(name, args.slice(first)), this.#target, millis)
  }

  /** A script by the digest of it, or a function by its name; a script's text is never told. */
  #nameProcedure(given: unknown): void {
    const { name } = this.#command.shape
    const form = PROCEDURES[name]
    const procedure = String(given)
    if (form?.test(procedure) === true) this.#span?.setAttribute(ATTRIBUTES.procedure, procedure)
  }
}

/** What a record of an operation carries. */
export function recordFields(name: string, pattern: string | undefined, target: RedisTarget, millis: number): Fields {
  return {
    [ATTRIBUTES.recordOperation]: name.toLowerCase(),
    ...(pattern === undefined ? undefined : { [ATTRIBUTES.keyPattern]: pattern }),
    ...target.attributes,
    [ATTRIBUTES.operation]: name,
    [ATTRIBUTES.durationMillis]: Math.round(millis * 1000) / 1000,
  }
}

export function failureOf(error: unknown, told: Parameters<typeof shownError>[1]): Failure {
  const code = replyCode(error, told)
  const shown = shownError(error, told)
  const expected = isExpected(error, code, told)
  const attributes = expected ? expectedAttributes(code) : failureAttributes(shown, code)
  return { attributes, error: shown, isExpected: expected, isDiscarded: isWatchError(error) }
}

/** A redirection is a step on the way and no error; nor is a transaction that lost its race. */
export function failSpan(span: Span, failure: Failure): void {
  span.setAttributes(failure.attributes)
  if (failure.isDiscarded) span.setAttribute(ATTRIBUTES.discarded, true)
  if (failure.isExpected) return
  const { message } = errorDetails(failure.error, DEFAULT_SAFETY)
  span.setStatus({ code: SpanStatusCode.ERROR, message })
}

/** Whether an error was told already; it is from now on. */
export function isTold(told: WeakSet<object>, error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  if (told.has(error)) return true
  told.add(error)
  return false
}

function expectedAttributes(code: string | undefined): Record<string, string> {
  return code === undefined ? {} : { [ATTRIBUTES.statusCode]: code }
}

function failureAttributes(error: unknown, code: string | undefined): Record<string, string> {
  if (code !== undefined) return { [ATTRIBUTES.statusCode]: code, [ATTRIBUTES.errorType]: code }
  const own = (error as { code?: unknown } | null)?.code
  return { [ATTRIBUTES.errorType]: typeof own === 'string' ? own : errorDetails(error, DEFAULT_SAFETY).type }
}
