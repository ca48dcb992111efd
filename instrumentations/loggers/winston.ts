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

/** Where an entry was said: a logger whose transports are slow formats it later. */
interface Occasion {
  readonly entry: object
  readonly context: Context
  readonly timeMillis: number
  /** An error that was said instead of a message: a format makes something else of it. */
  readonly error: unknown
  isFormatted: boolean
}

class WinstonPatch {
  readonly #settings: BridgeSettings
  /** Of those entries that wait. */
  readonly #waiting = new WeakMap<object, Occasion>()
  /** Errors that have ids of ours. */
  readonly #marked = new WeakSet()
  #written: Occasion | undefined
  #current: Occasion | undefined

  constructor(settings: BridgeSettings) {
    this.#settings = settings
  }

  onWrite(prototype: object): Restore {
    const write = (call: unknown[], say: (call: unknown[]) => unknown): unknown => this.#write(call, say)
    return patchMethod(prototype, 'write', (next): Method => {
      return function (this: unknown, ...call) {
        return write(call, (changed) => Reflect.apply(next(), this, changed))
      }
    })
  }

  #write(call: unknown[], say: (call: unknown[]) => unknown): unknown {
    const [entry, ...rest] = call
    if (typeof entry !== 'object' || entry === null) return say(call)
    const outer = this.#written
    const occasion = this.#begin(entry)
    this.#written = occasion
    try {
      return say([occasion.entry, ...rest])
    } finally {
      this.#written = outer
      if (!occasion.isFormatted) this.#waiting.set(occasion.entry, occasion)
    }
  }

  #begin(entry: object): Occasion {
    const context = activeContext()
    const occasion = { entry, context, timeMillis: now(), error: undefined, isFormatted: false }
    try {
      return { ...occasion, error: errorIn(entry as WinstonEntry), entry: this.#withIds(entry, context) }
    } catch (error) {
      this.#settings.onError(error)
      return occasion
    }
  }

  /** The entry with the ids, but for those that the program put there itself. It may be an object of the program's, to be said again elsewhere: a copy has them, save where it is an error. */
  #withIds(entry: object, context: Context): object {
    if (!this.#settings.traceIds) return entry
    const isMarked = this.#marked.has(entry)
    if ('trace_id' in entry && !isMarked) return entry
    const ids = traceIdsOf(context)
    if (Object.getPrototypeOf(entry) === Object.prototype) return ids === undefined ? entry : { ...entry, ...ids }
    if (ids === undefined && isMarked) for (const key of IDS) Reflect.deleteProperty(entry, key)
    else if (ids !== undefined) this.#marked.add(Object.assign(entry, ids))
    return entry
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
    const occasion = this.#written?.entry === entry ? this.#written : this.#waiting.get(entry as object)
    const outer = this.#current
    this.#current = occasion
    try {
      if (occasion === undefined) return transform()
      occasion.isFormatted = true
      return occasion.context === activeContext() ? transform() : runInContext(occasion.context, transform)
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
