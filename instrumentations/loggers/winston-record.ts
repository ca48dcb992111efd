import { pipeline, type Component } from '../../src/logging/index.ts'
import { now } from '../../src/tracing/index.ts'
import { isError } from '../../src/values/index.ts'
import { describedError } from './described-error.ts'
import type { ForeignRecord } from './foreign-record.ts'
import { plainLine } from './plain-line.ts'

/** Under which winston keeps what a format may have changed or left out. @see https://github.com/winstonjs/triple-beam */
export const LEVEL = Symbol.for('level')
const SPLAT = Symbol.for('splat')

const DEFAULT_NAME = 'winston'
const SAME_TIME_MILLIS = 1_000
const NO_FIELDS = new Set(['level', 'message', 'trace_id', 'span_id', 'trace_flags'])
const PARTS_OF_ERROR = new Set(['stack', 'cause'])

/** What a logger of winston hands to its transports. */
export type WinstonEntry = Readonly<Record<string | symbol, unknown>>

/** The component of an entry: winston's loggers have no names, but its format `label` gives them one. */
export function winstonName({ label }: WinstonEntry): Component {
  return pipeline.components.get(typeof label === 'string' && label !== '' ? label : DEFAULT_NAME)
}

/** The record of an entry. @param said the error that the entry was before it was formatted */
export function winstonRecord(entry: WinstonEntry, said: unknown): ForeignRecord {
  const error = said ?? (typeof entry['stack'] === 'string' ? describedError(entry) : undefined)
  const fields: Record<string, unknown> = {}
  for (const key of Object.keys(entry)) {
    if (NO_FIELDS.has(key) || (error !== undefined && PARTS_OF_ERROR.has(key))) continue
    if (key === 'label' || (key === 'timestamp' && isNow(entry[key]))) continue
    fields[key] = entry[key]
  }
  const message = entry['message']
  const body = isError(message) ? (message as Error).message : message
  return { body: typeof body === 'string' ? plainLine(body) : body, fields, error }
}

/** The error that was said instead of a message, or beside one. */
export function errorIn(entry: WinstonEntry): unknown {
  if (entry instanceof Error) return entry
  const { message, [SPLAT]: splat } = entry
  if (isError(message)) return message
  return Array.isArray(splat) ? (splat as unknown[]).find((value) => isError(value)) : undefined
}

/** What the format `timestamp` adds is the record's own time. */
function isNow(timestamp: unknown): boolean {
  return typeof timestamp === 'string' && Math.abs(Date.parse(timestamp) - now()) <= SAME_TIME_MILLIS
}
