import { now } from '../../src/tracing/index.ts'
import { isError } from '../../src/values/index.ts'
import { describedError } from './described-error.ts'
import type { ForeignRecord } from './foreign-record.ts'
import type { PinoSource } from './pino-source.ts'

/** What pino's `asJson` is called with. */
export type PinoCall = readonly [
  entries: Readonly<Record<string, unknown>>,
  message: unknown,
  level: number,
  time: string,
]

type Entries = Record<string, unknown>

/** A logger's clock that says another time than the call's own is believed; one that cuts it to seconds is not. */
const SAME_TIME_MILLIS = 1_000
/** Below this a time is in seconds: as milliseconds it would lie in 1973. */
const MAX_SECONDS = 1e11

/**
 * The record of a call. Nothing is parsed, unless the logger changes a value before it writes it (a serializer, its redaction): then that part of the line is, so that what it hides stays hidden.
 * @param ownPart the line without level, time and bindings: `,"order":7,"msg":"placed"}\n`
 */
export function pinoRecord(
  source: PinoSource,
  [entries, message, , time]: PinoCall,
  ownPart: () => string,
): ForeignRecord {
  const { bound, messageKey, errorKey, changed } = source
  const timeMillis = source.hasOwnClock ? otherTime(time) : undefined
  if (isChanged(entries, changed)) {
    const fields = JSON.parse(`{${ownPart().slice(1)}`) as Entries
    const body = take(fields, messageKey)
    const error = isError(entries[errorKey]) ? describedError(take(fields, errorKey)) : undefined
    return { body, fields, bound, error, timeMillis }
  }
  const isNamed = message === undefined && entries[messageKey] !== undefined
  const error = isError(entries[errorKey]) ? entries[errorKey] : undefined
  if (!isNamed && error === undefined) return { body: message, fields: entries, bound, timeMillis }
  const fields = { ...entries }
  const body = isNamed ? take(fields, messageKey) : message
  if (error !== undefined) delete fields[errorKey]
  return { body, fields, bound, error, timeMillis }
}

function isChanged(entries: PinoCall[0], changed: PinoSource['changed']): boolean {
  if (changed === true) return true
  if (changed.size === 0) return false
  for (const key in entries) if (changed.has(key)) return true
  return false
}

function take(fields: Entries, key: string): unknown {
  const value = fields[key]
  delete fields[key]
  return value
}

/** The time that pino writes: `,"time":1795257045123`, or whatever the program's function makes. */
function otherTime(text: string): number | undefined {
  const value = text.slice(text.indexOf(':') + 1)
  const number = value.startsWith('"') ? Date.parse(value.slice(1, -1)) : Number(value || Number.NaN)
  const millis = number < MAX_SECONDS ? number * 1_000 : number
  return Math.abs(millis - now()) > SAME_TIME_MILLIS ? millis : undefined
}
