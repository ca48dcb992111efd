import { SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Span } from '@opentelemetry/api'
import type { Fields } from '../../src/otlp/index.ts'
import { DEFAULT_SAFETY, errorDetails } from '../../src/values/index.ts'
import { ATTRIBUTES } from './attributes.ts'
import { isBlocking } from './blocking.ts'
import type { DurationMetric } from './duration-metric.ts'
import { keyPattern } from './key-pattern.ts'
import type { RedisCall } from './redis-call.ts'
import { COMPONENT, emitRecord } from './redis-record.ts'
import { isExpected, replyCode, withoutArguments } from './reply-error.ts'

/** What all operations share. */
export interface OperationParts {
  readonly slowMillis: number
  readonly duration: DurationMetric
  /** Errors that were told already: a batch fails with the error of its command. */
  readonly told: WeakSet<object>
}

/** A command or batch under way. */
export class RedisOperation {
  /** The operation's span is active in it. */
  readonly context: Context
  readonly #call: RedisCall
  readonly #parts: OperationParts
  readonly #target: Attributes
  readonly #span: Span | undefined
  readonly #started = performance.now()
  #finished = false

  /** @param traced false for a part of something that is traced as a whole: only its failure is told */
  constructor(call: RedisCall, parts: OperationParts, around: Context, traced: boolean) {
    this.#call = call
    this.#parts = parts
    this.#target = targetAttributes(call)
    const options = { kind: SpanKind.CLIENT, attributes: { ...this.#target, ...ownAttributes(call) } }
    this.#span = traced ? trace.getTracer(COMPONENT).startSpan(call.name, options, around) : undefined
    this.context = this.#span === undefined ? around : trace.setSpan(around, this.#span)
  }

  succeed(): void {
    if (this.#finished) return
    this.#finished = true
    const millis = performance.now() - this.#started
    const span = this.#span
    if (span === undefined) return
    const { name, args } = this.#call
    if (millis >= this.#parts.slowMillis && !isBlocking(name, args)) {
      emitRecord({
        level: 'WARNING',
        message: 'slow Redis command',
        fields: this.#recordFields(millis),
        context: this.context,
      })
    }
    span.end()
    this.#parts.duration.record(millis, this.#target, this.context)
  }

  fail(error: unknown): void {
    if (this.#finished) return
    this.#finished = true
    const millis = performance.now() - this.#started
    const code = replyCode(error)
    const shown = withoutArguments(error)
    const failure = failureAttributes(shown, code)
    this.#tell(error, shown, failure, millis)
    if (this.#span === undefined) return
    this.#span
      .setAttributes(failure)
      .setStatus({ code: SpanStatusCode.ERROR, message: errorDetails(shown, DEFAULT_SAFETY).message })
    this.#span.end()
    this.#parts.duration.record(millis, { ...this.#target, ...failure }, this.context)
  }

  #tell(error: unknown, shown: unknown, failure: Attributes, millis: number): void {
    if (isExpected(error)) return
    if (typeof error === 'object' && error !== null) {
      if (this.#parts.told.has(error)) return
      this.#parts.told.add(error)
    }
    const fields = { ...this.#recordFields(millis), ...failure }
    emitRecord({ level: 'ERROR', message: 'Redis operation failed', fields, context: this.context, error: shown })
  }

  #recordFields(millis: number): Fields {
    const { name, args, batchSize } = this.#call
    const pattern = keyPattern(name, args)
    return {
      [ATTRIBUTES.recordOperation]: name.toLowerCase(),
      ...(pattern === undefined ? undefined : { [ATTRIBUTES.keyPattern]: pattern }),
      ...(batchSize === undefined ? undefined : { [ATTRIBUTES.batchSize]: batchSize }),
      ...this.#target,
      [ATTRIBUTES.durationMillis]: Math.round(millis * 1000) / 1000,
    }
  }
}

function targetAttributes({ name, database, serverAddress, serverPort }: RedisCall): Record<string, string | number> {
  const attributes: Record<string, string | number> = { [ATTRIBUTES.system]: 'redis', [ATTRIBUTES.operation]: name }
  if (database !== undefined) attributes[ATTRIBUTES.namespace] = String(database)
  if (serverAddress !== undefined) attributes[ATTRIBUTES.serverAddress] = serverAddress
  if (serverPort !== undefined) attributes[ATTRIBUTES.serverPort] = serverPort
  return attributes
}

const MAX_MARKS = 32

function ownAttributes({ name, args, batchSize }: RedisCall): Attributes {
  if (batchSize !== undefined) return { [ATTRIBUTES.batchSize]: batchSize }
  return {
    [ATTRIBUTES.queryText]:
      name + ' ?'.repeat(Math.min(args.length, MAX_MARKS)) + (args.length > MAX_MARKS ? ' …' : ''),
  }
}

function failureAttributes(error: unknown, code: string | undefined): Record<string, string> {
  if (code !== undefined) return { [ATTRIBUTES.statusCode]: code, [ATTRIBUTES.errorType]: code }
  const own = (error as { code?: unknown } | null)?.code
  return { [ATTRIBUTES.errorType]: typeof own === 'string' ? own : errorDetails(error, DEFAULT_SAFETY).type }
}
