import type { Context } from '@opentelemetry/api'
import { activeContext, fieldScope } from '../context/index.ts'
import { spellingsOf, type BoundFields, type Fields, type LogRecordData } from '../otlp/index.ts'
import { readField } from '../values/index.ts'
import { traceOf } from './active-trace.ts'
import type { FlightRecorder } from './flight-recorder.ts'
import type { LevelChange } from './level-changes.ts'
import { SEVERITY } from './level.ts'
import type { HeldRecord } from './log-output.ts'
import type { ComponentVolume } from './volume-limits.ts'

/** What a gate looks at: the call, before a record is made of it. */
export interface GatedCall {
  readonly severityNumber: number
  readonly body: unknown
  readonly bound?: BoundFields | undefined
  readonly fields?: Fields | undefined
  readonly context?: Context | undefined
}

/** Keeps a record for the case that its trace fails. */
export interface RecordHolder {
  take(record: LogRecordData): void
}

/** What becomes of a call. `bring_out`: it goes to the outputs only because its trace has failed. */
export type Verdict = 'pass' | 'leave_out' | 'bring_out' | RecordHolder

/** Decides on the calls of one component that passed its threshold. */
export interface Gate {
  decide(call: GatedCall): Verdict
}

/** What a gate decides by. */
export interface GateParts {
  /** The component's level for everybody. */
  readonly level: number
  /** Changes of it for some. */
  readonly narrowed: readonly LevelChange[]
  readonly volume: ComponentVolume | undefined
  readonly recorder: FlightRecorder | undefined
  /** Turns a record into bytes for later. */
  readonly hold: (record: LogRecordData) => HeldRecord
}

/** The gate of a component for which a threshold alone does not say it all; undefined where it does. */
export function createGate(parts: GateParts): Gate | undefined {
  const { narrowed, volume, recorder, hold } = parts
  if (recorder !== undefined) return new RecordingGate(new LimitGate(parts), volume, { recorder, hold })
  return narrowed.length === 0 && volume === undefined ? undefined : new LimitGate(parts)
}

/** By levels for some, and rules of volume. */
class LimitGate implements Gate {
  readonly #parts: GateParts

  constructor(parts: GateParts) {
    this.#parts = parts
  }

  decide(call: GatedCall): Verdict {
    return this.isOn(call) && this.admits(call) ? 'pass' : 'leave_out'
  }

  isOn(call: GatedCall): boolean {
    const { level, narrowed } = this.#parts
    const { severityNumber } = call
    return (
      severityNumber >= level ||
      narrowed.some(({ threshold, where }) => severityNumber >= threshold && carries(call, where))
    )
  }

  admits(call: GatedCall): boolean {
    return this.#parts.volume?.admits(call) !== false
  }
}

/** The same with a flight recorder: what is left out is kept, and all of a trace that failed comes out. */
class RecordingGate implements Gate {
  readonly #limits: LimitGate
  readonly #recorder: FlightRecorder
  /** Keep what is below its level, and what a rule of volume left out. */
  readonly #below: RecordHolder
  readonly #limited: RecordHolder

  constructor(
    limits: LimitGate,
    volume: ComponentVolume | undefined,
    { recorder, hold }: { readonly recorder: FlightRecorder; readonly hold: GateParts['hold'] },
  ) {
    this.#limits = limits
    this.#recorder = recorder
    this.#below = { take: (record) => keep(record, hold(record)) }
    this.#limited = {
      take(record) {
        const { bytes, write } = hold(record)
        const bringOut = (): void => {
          volume?.broughtOut()
          write()
        }
        keep(record, { bytes, write: bringOut })
      },
    }
    function keep({ trace }: LogRecordData, held: HeldRecord): void {
      if (trace !== undefined) recorder.hold(trace, held)
    }
  }

  decide(call: GatedCall): Verdict {
    const limits = this.#limits
    const recorder = this.#recorder
    const trace = traceOf(call.context ?? activeContext())
    if (trace === undefined) return limits.decide(call)
    const isOn = limits.isOn(call)
    if (isOn && call.severityNumber >= SEVERITY.ERROR) recorder.fail(trace.traceId)
    if (recorder.hasFailed(trace.traceId))
      return isOn ? 'pass' : call.severityNumber >= recorder.settings.threshold ? 'bring_out' : 'leave_out'
    if (isOn && limits.admits(call)) return 'pass'
    return recorder.keeps(call.severityNumber, trace) ? (isOn ? this.#limited : this.#below) : 'leave_out'
  }
}

/** Whether a call has all of these fields, its own or bound. */
function carries({ fields, bound, context }: GatedCall, where: LevelChange['where'] = {}): boolean {
  const around = fieldScope(context ?? activeContext())?.current().fields
  return Object.keys(where).every((key) => {
    const own = fields === undefined ? undefined : ownValue(fields, key)
    return isText(own ?? bound?.fields[key] ?? around?.[key], where[key])
  })
}

function ownValue(fields: Fields, key: string): unknown {
  const spelling = spellingsOf(key).find((name) => Object.hasOwn(fields, name))
  return spelling === undefined ? undefined : readField(fields, spelling)
}

function isText(value: unknown, text: string | undefined): boolean {
  if (typeof value === 'string') return value === text
  return (
    (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') && String(value) === text
  )
}
