import type { Fields, LogRecordData } from '../otlp/index.ts'
import { readField } from '../values/index.ts'
import type { FlightRecorder } from './flight-recorder.ts'
import { SEVERITY } from './level.ts'
import type { LevelChange } from './level-changes.ts'
import type { HeldRecord } from './log-output.ts'
import type { ComponentVolume } from './volume-limits.ts'

/** Decides on the records of one component that passed its threshold. */
export interface Gate {
  /** Whether the record goes to the outputs now. */
  passes(record: LogRecordData): boolean
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
  const { narrowed, volume, recorder } = parts
  return narrowed.length === 0 && volume === undefined && recorder === undefined ? undefined : new ComponentGate(parts)
}

class ComponentGate implements Gate {
  readonly #parts: GateParts

  constructor(parts: GateParts) {
    this.#parts = parts
  }

  passes(record: LogRecordData): boolean {
    const { volume, recorder } = this.#parts
    if (!this.#isOn(record)) return this.#hadFailed(record)
    if (volume !== undefined && !volume.admits(record)) return false
    if (recorder !== undefined && record.severityNumber >= SEVERITY.ERROR && record.trace !== undefined)
      recorder.fail(record.trace.traceId)
    return true
  }

  #isOn(record: LogRecordData): boolean {
    const { level, narrowed } = this.#parts
    const { severityNumber } = record
    return (
      severityNumber >= level ||
      narrowed.some(({ threshold, where }) => severityNumber >= threshold && carries(record, where as Fields))
    )
  }

  /** A record below its level: kept for the case that its trace fails, and let through when it has failed. */
  #hadFailed(record: LogRecordData): boolean {
    const { recorder, hold } = this.#parts
    if (recorder === undefined || record.trace === undefined) return false
    if (record.severityNumber < recorder.settings.threshold) return false
    const { traceId } = record.trace
    if (recorder.hasFailed(traceId)) return true
    recorder.hold(traceId, hold(record))
    return false
  }
}

/** Whether a record has all of these fields, bound or its own. */
function carries({ context, bound, fields }: LogRecordData, where: Fields): boolean {
  const own = fields ?? {}
  return Object.keys(where).every(
    (key) => (readField(own, key) ?? bound?.fields[key] ?? context?.fields[key]) === where[key],
  )
}
