import { SpanKind, trace, type Context, type Span } from '@opentelemetry/api'
import { ATTRIBUTES } from './attributes.ts'
import { callerFrames } from './caller-stacks.ts'
import { keyPattern } from './key-pattern.ts'
import { UNKNOWN } from './command-shape.ts'
import type { OperationRoad } from './operation-road.ts'
import { failSpan, failureOf, isTold, recordFields, type Failure } from './redis-operation.ts'
import { emitRecord } from './redis-record.ts'
import type { RedisTarget } from './redis-target.ts'
import { isUnknownCommand } from './reply-error.ts'

/** One command of a batch. */
export interface BatchCommand {
  readonly name: unknown
  readonly args: readonly unknown[]
}

/** A transaction or pipeline as it is sent. */
export interface SentBatch {
  readonly target: RedisTarget
  readonly mode: 'MULTI' | 'PIPELINE'
  /** Without MULTI and EXEC themselves. */
  readonly commands: readonly BatchCommand[]
  readonly context: Context
  /** By `performance.now()`. */
  readonly started: number
}

/** A command of a batch that failed; without a place, the batch as a whole. */
export interface BatchFailure {
  readonly error: unknown
  readonly index?: number
}

/** A transaction or pipeline under way: one operation, whatever is in it. */
export class RedisBatch {
  readonly #road: OperationRoad
  readonly #batch: SentBatch
  readonly #name: string
  readonly #span: Span | undefined
  readonly #stack: object | undefined
  #target: RedisTarget
  #finished = false

  constructor(road: OperationRoad, batch: SentBatch) {
    const { target, mode, commands, context, started } = batch
    this.#road = road
    this.#batch = batch
    this.#target = target
    this.#name = batchName(road, mode, commands)
    const attributes = { ...target.attributes, [ATTRIBUTES.operation]: this.#name, ...sizeOf(commands) }
    this.#span = road.span(this.#name, { kind: SpanKind.CLIENT, attributes, startTime: started }, context)
    this.#stack = road.stack(started)
    target.load.pending++
  }

  /** In which the batch's span is active. */
  get context(): Context {
    const { context } = this.#batch
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

  succeed(isDiscarded = false): void {
    if (!this.#finished) this.#road.finish(() => this.#succeed(isDiscarded))
  }

  /** @param failures one at least */
  fail(failures: readonly BatchFailure[]): void {
    if (!this.#finished) this.#road.finish(() => this.#fail(failures))
  }

  #succeed(isDiscarded: boolean): void {
    const millis = this.#finish()
    if (isDiscarded) this.#span?.setAttribute(ATTRIBUTES.discarded, true)
    if (millis >= this.#road.settings.slowMillis) this.#tellSlow(millis)
    this.#span?.end(this.#batch.started + millis)
    this.#road.duration(this.#target, this.#name).record(millis / 1_000, this.#batch.context)
  }

  #fail(failures: readonly BatchFailure[]): void {
    const millis = this.#finish()
    const [first] = failures as readonly [BatchFailure]
    const failure = this.#failure(first)
    if (!failure.isExpected && !isTold(this.#road.told, first.error)) this.#tell(failures, failure, millis)
    if (this.#span !== undefined) {
      failSpan(this.#span, failure)
      this.#span.end(this.#batch.started + millis)
    }
    const attributes = { ...this.#target.metricAttributes, [ATTRIBUTES.operation]: this.#name, ...failure.attributes }
    this.#road.durations.current.record(millis / 1_000, attributes, this.context)
  }

  #finish(): number {
    this.#finished = true
    this.#target.load.pending--
    return performance.now() - this.#batch.started
  }

  /** A reply may repeat what any of the commands was given. */
  #failure({ error, index }: BatchFailure): Failure {
    const { commands, mode } = this.#batch
    const failed = index === undefined ? commands : [commands[index] as BatchCommand]
    const args = failed.flatMap((command) => [command.name, ...command.args])
    const shape = { ...this.#road.shape(index === undefined ? mode : commands[index]?.name) }
    if (index === undefined) shape.isScript = commands.some(({ name }) => this.#road.shape(name).isScript)
    return failureOf(error, { shape, args, caller: callerFrames(this.#stack) })
  }

  #tell(failures: readonly BatchFailure[], { attributes, error }: Failure, millis: number): void {
    const { commands, mode } = this.#batch
    const failed = commands[failures[0]?.index ?? -1]
    const isKnown = failed !== undefined && !isUnknownCommand(failures[0]?.error)
    const pattern = isKnown ? keyPattern(this.#road.shape(failed.name).name, failed.args) : undefined
    const count = failures.filter(({ index }) => index !== undefined).length
    emitRecord({
      level: 'ERROR',
      message: 'Redis operation failed',
      fields: {
        ...recordFields(mode, pattern, this.#target, millis),
        [ATTRIBUTES.operation]: this.#name,
        ...sizeOf(commands),
        ...(count === 0 ? undefined : { [ATTRIBUTES.failedCommands]: count }),
        ...attributes,
      },
      context: this.context,
      error,
    })
  }

  #tellSlow(millis: number): void {
    const { commands, mode } = this.#batch
    const fields = { ...recordFields(mode, undefined, this.#target, millis), [ATTRIBUTES.operation]: this.#name, ...sizeOf(commands) } // prettier-ignore
    emitRecord({ level: 'WARNING', message: 'slow Redis command', fields, context: this.context })
  }
}

/** With the name of the commands in it, if they have the same. */
function batchName(road: OperationRoad, mode: string, commands: readonly BatchCommand[]): string {
  const first = commands[0]?.name
  const name = road.shape(first).name
  const same = name !== UNKNOWN && commands.every((command) => command.name === first || road.shape(command.name).name === name) // prettier-ignore
  return same ? `${mode} ${name}` : mode
}

/** A batch of one is none, by the conventions. */
function sizeOf(commands: readonly BatchCommand[]): Record<string, number> {
  return commands.length === 1 ? {} : { [ATTRIBUTES.batchSize]: commands.length }
}
