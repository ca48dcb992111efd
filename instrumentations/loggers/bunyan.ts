import { hostname } from 'node:os'
import { activeContext } from '../../src/context/index.ts'
import { pipeline } from '../../src/logging/index.ts'
import { now } from '../../src/tracing/index.ts'
import { patchMethod, type Method } from '../method-patch.ts'
import { describedError } from './described-error.ts'
import { emitForeign, isTaken, type ForeignRecord } from './foreign-record.ts'
import type { BridgedLibrary } from './library-bridge.ts'
import type { BridgeSettings } from './loggers-settings.ts'
import { withQuietConsole } from './quiet-console.ts'
import { numberedSeverity } from './severity.ts'
import { traceIdsOf } from './trace-ids.ts'

/** What bunyan makes of a call: the logger's fields and the call's, serialized. */
type BunyanEntry = Record<string, unknown>

const NO_FIELDS = new Set(['name', 'level', 'msg', 'time', 'v', 'trace_id', 'span_id', 'trace_flags'])
const SAME_TIME_MILLIS = 1_000

/** bunyan 1 and 2, by the method that writes an entry to a logger's streams. */
export const BUNYAN: BridgedLibrary = {
  name: 'bunyan',
  main: /[\\/]bunyan[\\/]lib[\\/]bunyan\.js$/,
  target(value) {
    const start: unknown = typeof value === 'function' ? value.prototype : value
    for (let at = start; at !== null && typeof at === 'object'; at = Object.getPrototypeOf(at))
      if (Object.hasOwn(at, '_emit') && Object.hasOwn(at, 'addStream')) return at
    return undefined
  },
  patch: (prototype, settings) =>
    patchMethod(prototype, '_emit', (next): Method => {
      return function (this: unknown, ...call) {
        const [entry, isOnlyText] = call
        const emit = (): unknown => Reflect.apply(next(), this, call)
        if (isOnlyText === true || typeof entry !== 'object' || entry === null) return emit()
        take(entry as BunyanEntry, settings)
        if (settings.mode === 'replace') return undefined
        return withQuietConsole(emit)
      }
    }),
}

function take(entry: BunyanEntry, settings: BridgeSettings): void {
  try {
    const context = activeContext()
    const severity = numberedSeverity(Number(entry['level']), undefined)
    const component = pipeline.components.get(String(entry['name']))
    const said = settings.mode !== 'replace'
    if (isTaken(component, severity, context)) emitForeign({ component, severity, context, said }, recordOf(entry))
    if (settings.traceIds && !('trace_id' in entry)) Object.assign(entry, traceIdsOf(context))
  } catch (error) {
    settings.onError(error)
  }
}

let host: string | undefined

function recordOf(entry: BunyanEntry): ForeignRecord {
  const { err, time } = entry
  const error = describedError(err)
  const isDescribed = error instanceof Error
  const fields: Record<string, unknown> = {}
  for (const key in entry) {
    const value = entry[key]
    if (NO_FIELDS.has(key) || (key === 'err' && isDescribed)) continue
    if ((key === 'pid' && value === process.pid) || (key === 'hostname' && value === (host ??= hostname()))) continue
    fields[key] = value
  }
  const millis = time instanceof Date ? time.getTime() : Number.NaN
  const timeMillis = Math.abs(millis - now()) > SAME_TIME_MILLIS ? millis : undefined
  return { body: entry['msg'], fields, error: isDescribed ? error : undefined, timeMillis }
}
