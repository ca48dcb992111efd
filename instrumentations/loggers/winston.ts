import type { Context } from '@opentelemetry/api'
import { activeContext, runInContext } from '../../src/context/index.ts'
import { now } from '../../src/tracing/index.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import { emitForeign, isTaken } from './foreign-record.ts'
import type { BridgedLibrary } from './library-bridge.ts'
import type { BridgeSettings } from './loggers-settings.ts'
import { withQuietConsole } from './quiet-console.ts'
import { rankedSeverity } from './severity.ts'
import { traceIdsOf } from './trace-ids.ts'
import { errorIn, LEVEL, winstonName, winstonRecord, type WinstonEntry } from './winston-record.ts'

/** What is used of a logger of winston 3. */
interface WinstonLogger {
  readonly levels: Readonly<Record<string, number>>
  isLevelEnabled(level: string): boolean
}

/** winston 3, by the methods of the class that all loggers inherit from. The record is what the logger's format makes of an entry, so that what a format hides stays hidden. */
export const WINSTON: BridgedLibrary = {
  name: 'winston',
  main: /[\\/]winston[\\/]lib[\\/]winston\.js$/,
  target(value) {
    if (typeof value !== 'object' || value === null) return undefined
    const exported = (value as { Logger?: { prototype?: unknown } }).Logger?.prototype
    for (let at = exported ?? value; at !== null && typeof at === 'object'; at = Object.getPrototypeOf(at))
      if (Object.hasOwn(at, '_transform') && 'isLevelEnabled' in at) return at
    return undefined
  },
  patch(prototype, settings) {
    const patch = new WinstonPatch(settings)
    const restores = [patch.onWrite(prototype), patch.onTransform(prototype), patch.onPush(prototype)]
    return () => {
      for (const restore of restores) restore()
    }
  },
}

/** Where and when an entry was said: a logger whose transports are slow formats it later. */
interface Occasion {
  readonly context: Context
  readonly timeMillis: number
  /** An error that was said instead of a message: a format makes something else of it. */
  readonly error: unknown
}

class WinstonPatch {
  readonly #settings: BridgeSettings
  readonly #occasions = new WeakMap<object, Occasion>()
  #current: Occasion | undefined

  constructor(settings: BridgeSettings) {
    this.#settings = settings
  }

  onWrite(prototype: object): Restore {
    const begin = (entry: unknown): void => this.#guard(() => this.#begin(entry))
    return patchMethod(prototype, 'write', (next): Method => {
      return function (this: unknown, ...call) {
        begin(call[0])
        return Reflect.apply(next(), this, call)
      }
    })
  }

  #begin(entry: unknown): void {
    if (typeof entry !== 'object' || entry === null) return
    const context = activeContext()
    // An entry that comes again has the ids of its last time.
    const comesAgain = this.#occasions.has(entry)
    this.#occasions.set(entry, { context, timeMillis: now(), error: errorIn(entry as WinstonEntry) })
    if (!this.#settings.traceIds || (!comesAgain && 'trace_id' in entry)) return
    const ids = traceIdsOf(context)
    if (ids !== undefined) Object.assign(entry, ids)
    else if (comesAgain) for (const key of IDS) Reflect.deleteProperty(entry, key)
  }

  onTransform(prototype: object): Restore {
    const inOccasion = (entry: unknown, transform: () => unknown): unknown => this.#inOccasion(entry, transform)
    return patchMethod(prototype, '_transform', (next): Method => {
      return function (this: unknown, ...call) {
        return inOccasion(call[0], () => Reflect.apply(next(), this, call))
      }
    })
  }

  #inOccasion(entry: unknown, transform: () => unknown): unknown {
    const occasion = typeof entry === 'object' && entry !== null ? this.#occasions.get(entry) : undefined
    const outer = this.#current
    this.#current = occasion
    try {
      if (occasion === undefined || occasion.context === activeContext()) return transform()
      return runInContext(occasion.context, transform)
    } finally {
      this.#current = outer
    }
  }

  onPush(prototype: object): Restore {
    const take = (logger: WinstonLogger, entry: unknown): boolean => this.#take(logger, entry)
    return patchMethod(prototype, 'push', (next): Method => {
      return function (this: unknown, ...call) {
        if (take(this as WinstonLogger, call[0])) return true
        return withQuietConsole(() => Reflect.apply(next(), this, call))
      }
    })
  }

  /** @returns whether the transports are not to have it */
  #take(logger: WinstonLogger, entry: unknown): boolean {
    if (typeof entry !== 'object' || entry === null) return false
    const { exception, rejection } = entry as WinstonEntry
    // An error that nobody caught has a record of clew's own; and winston waits for its transports then.
    if (exception === true || rejection === true) return false
    const isReplaced = this.#settings.mode === 'replace'
    this.#guard(() => this.#emit(logger, entry as WinstonEntry, !isReplaced))
    return isReplaced
  }

  #emit(logger: WinstonLogger, entry: WinstonEntry, said: boolean): void {
    const level = String(entry[LEVEL] ?? entry['level'])
    const severity = rankedSeverity(level, logger.levels)
    const component = winstonName(entry)
    const context = activeContext()
    if (!logger.isLevelEnabled(level) || !isTaken(component, severity, context)) return
    const { timeMillis, error } = this.#current ?? {}
    emitForeign({ component, severity, context, said }, { ...winstonRecord(entry, error), timeMillis })
  }

  #guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.#settings.onError(error)
    }
  }
}

const IDS = ['trace_id', 'span_id', 'trace_flags'] as const
