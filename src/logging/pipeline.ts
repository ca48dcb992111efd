import { types } from 'node:util'
import type { Context } from '@opentelemetry/api'
import { activeContext, fieldScope } from '../context/index.ts'
import { RecordUids, type BoundFields, type Encoding, type Fields, type LogRecordData } from '../otlp/index.ts'
import { now } from '../tracing/index.ts'
import { CUT_FIELDS, ownFields, type ValueSafety } from '../values/index.ts'
import { traceOf } from './active-trace.ts'
import type { Verdict } from './component-gate.ts'
import { Components, type Component } from './component.ts'
import type { HeldRecord, LogOutput } from './log-output.ts'
import { markedAsRecorded } from './recorded-mark.ts'
import { markTold, recordedError } from './recorded-errors.ts'

/** What a call says; the pipeline adds time, context and ids. */
export interface LogCall {
  readonly component: Component
  readonly severityNumber: number
  readonly severityText: string
  readonly body: unknown
  readonly bound?: BoundFields | undefined
  readonly fields?: Fields | undefined
  /** Any thrown value; `undefined` is none. */
  readonly error?: unknown
  readonly eventName?: string | undefined
  readonly timeMillis?: number | undefined
  readonly context?: Context | undefined
  /** Not to be sampled, limited or held back. */
  readonly ungated?: boolean
  /** For the audit channel: not to be left out for any reason. */
  readonly audit?: boolean
  /** Whether another logger writes a line of it. */
  readonly said?: boolean
}

/** Changes a record before the outputs get it; `undefined` leaves it out. */
export type LogStage = (record: LogRecordData, context: Context) => LogRecordData | undefined

const uids = new RecordUids()

/** Where records go while clew runs. */
export interface PipelineParts {
  readonly outputs: readonly LogOutput[]
  /** What the outputs encode with. */
  readonly encoding: Encoding
  /** Undefined when nothing comes between a record and the outputs. */
  readonly stage?: LogStage | undefined
  /** Hears of outputs that failed, and, under the name `record`, of records that could not be made. */
  readonly failed: (output: string, error: unknown) => void
}

/** Takes records in place of the outputs, while tests capture. */
export interface RecordCapture {
  /** What records are made with while clew does not run. */
  readonly parts: PipelineParts
  /** Takes a record, if it is one of those it captures. Must not throw. @returns whether it is; nobody else gets it then */
  takeRecord(record: LogRecordData, context: Context): boolean
}

/** Records said while a record is being written, by its own values' code: deeper than this they are left out. */
const MAX_DEPTH = 4

/** The way from a call to the outputs. One for the process; loggers made before `init()` come alive with it. */
export class Pipeline {
  readonly components = new Components()
  /** The parts that are in force. */
  #parts: PipelineParts | undefined
  /** Those without a capture. */
  #own: PipelineParts | undefined
  #capture: RecordCapture | undefined
  #early = 0
  #created = 0
  #depth = 0

  /** Records said while no outputs were set: before `init()`, or after `shutdown()`; and those said without end by the values of others. */
  get leftOut(): number {
    return this.#early
  }

  /** Records that were said since the last start. */
  get created(): number {
    return this.#created
  }

  /** Whether an output is there that would keep an audit record beyond the process's end. */
  get keepsAudit(): boolean {
    return this.#own?.outputs.some((output) => output.keeps?.() !== false) ?? false
  }

  start(parts: PipelineParts): void {
    this.#created = 0
    this.#own = parts
    this.#apply()
  }

  stop(): void {
    this.#own = undefined
    this.#apply()
  }

  /** What the outputs encode with; undefined while clew does not run. */
  get encoding(): Encoding | undefined {
    return this.#own?.encoding
  }

  /** Puts a capture before the outputs, or takes it away. */
  capture(capture: RecordCapture | undefined): void {
    this.#capture = capture
    this.#apply()
  }

  #apply(): void {
    const own = this.#own
    const capture = this.#capture
    this.#parts = capture === undefined ? own : { ...(own ?? capture.parts), stage: this.#captureStage(capture, own) }
  }

  /** What a capture does not take goes on, if it has the level that the outputs have. */
  #captureStage(capture: RecordCapture, own: PipelineParts | undefined): LogStage {
    return (record, context) => {
      if (capture.takeRecord(record, context)) return undefined
      if (own === undefined) this.#early++
      if (record.severityNumber < this.components.levelOf(record.scope.name)) return undefined
      return own?.stage === undefined ? record : own.stage(record, context)
    }
  }

  /** Makes the record and hands it to each output. Never throws. @returns whether an output has written it where it outlives the process, or a capture took it; told for audit records only */
  emit(call: LogCall): boolean {
    const parts = this.#parts
    if (parts === undefined || this.#depth >= MAX_DEPTH) {
      this.#early++
      return false
    }
    this.#created++
    this.#depth++
    try {
      // The values of a record run code of their own (a getter, toJSON), which may log: an inner record must not write over the outer one's id.
      const { gate } = call.component
      const verdict = gate !== undefined && this.#isGated(call) ? gate.decide(call) : 'pass'
      if (verdict === 'leave_out') return false
      const made = makeRecord(call, verdict, {
        safety: parts.encoding.safety,
        ids: this.#depth === 1 ? uids : new RecordUids(),
      })
      if (typeof verdict === 'object') {
        verdict.take(made)
        return false
      }
      if (made.error !== undefined) markTold(made)
      const record = parts.stage === undefined ? made : parts.stage(made, call.context ?? activeContext())
      if (record === undefined) return this.#capture !== undefined
      if (call.audit === true) return emitAudit(record, parts)
      for (const output of parts.outputs) {
        if (isFor(output, record)) emitTo(output, record, parts)
      }
    } catch (error) {
      parts.failed('record', error)
    } finally {
      this.#depth--
    }
    return false
  }

  /** A record as the bytes of all outputs, to be written later or never. What an output throws is noted. */
  hold(record: LogRecordData): HeldRecord {
    const held: HeldRecord[] = []
    let bytes = 0
    for (const output of this.#parts?.outputs ?? []) {
      const part = this.#holdFor(output, record)
      if (part === undefined) continue
      held.push(part)
      bytes += part.bytes
    }
    return { bytes, write: () => held.forEach(({ write }) => this.guard(write)) }
  }

  #holdFor(output: LogOutput, record: LogRecordData): HeldRecord | undefined {
    try {
      return isFor(output, record) ? output.hold?.(record) : undefined
    } catch (error) {
      this.#parts?.failed(output.name, error)
      return undefined
    }
  }

  /** While tests capture, nothing is sampled, limited or kept back. */
  #isGated({ ungated, audit }: LogCall): boolean {
    return ungated !== true && audit !== true && this.#capture === undefined
  }

  /** Runs what prepares a record from foreign values; what that throws is noted and goes no further. */
  guard(prepare: () => void): void {
    try {
      prepare()
    } catch (error) {
      this.noteFailed(error)
    }
  }

  /** Says that something could not be recorded. */
  noteFailed(error: unknown): void {
    this.#parts?.failed('record', error)
  }
}

function isFor(output: LogOutput, record: LogRecordData): boolean {
  return record.severityNumber >= output.minimumSeverity && !(record.said === true && output.besideOthers === true)
}

function emitTo(output: LogOutput, record: LogRecordData, parts: PipelineParts): boolean {
  try {
    output.emit(record)
    return true
  } catch (error) {
    // A proxy that does not tell its keys: the record goes without its fields.
    if (types.isProxy(record.fields))
      return emitTo(output, { ...record, fields: { ...ownFields(record.fields), [CUT_FIELDS]: 'unreadable' } }, parts)
    parts.failed(output.name, error)
    return false
  }
}

/** To every output, whatever its level. */
function emitAudit(record: LogRecordData, parts: PipelineParts): boolean {
  let isKept = false
  for (const output of parts.outputs) if (emitTo(output, record, parts) && output.keeps?.() !== false) isKept = true
  return isKept
}

interface Making {
  readonly safety: ValueSafety
  readonly ids: RecordUids
}

function makeRecord(call: LogCall, verdict: Verdict, { safety, ids }: Making): LogRecordData {
  const context = call.context ?? activeContext()
  // Whole microseconds, as on the wire: or what rounds up to the next millisecond there would stand in the one before in lines.
  const timeMillis = Math.round((call.timeMillis ?? now()) * 1_000) / 1_000
  const span = traceOf(context)
  const { severityNumber } = call
  return {
    timeMillis,
    severityNumber,
    severityText: call.severityText,
    body: call.body,
    eventName: call.eventName,
    scope: call.component.scope,
    context: fieldScope(context)?.current(),
    bound: verdict === 'pass' ? call.bound : markedAsRecorded(call.bound),
    fields: call.audit === true ? { ...ownFields(call.fields), 'clew.channel': 'audit' } : call.fields,
    error: call.error === undefined ? undefined : recordedError(call.error, { severityNumber, trace: span }, safety),
    trace: span,
    uid: ids.next(timeMillis),
    audit: call.audit === true,
    said: call.said === true,
  }
}

/** The process's pipeline. */
export const pipeline = new Pipeline()
