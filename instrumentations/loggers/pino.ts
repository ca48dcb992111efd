import type { Context } from '@opentelemetry/api'
import { activeContext } from '../../src/context/index.ts'
import type { Restore } from '../method-patch.ts'
import { emitForeign, isTaken } from './foreign-record.ts'
import type { BridgeSettings } from './loggers-settings.ts'
import type { BridgedLibrary } from './library-bridge.ts'
import { pinoRecord, type PinoCall } from './pino-record.ts'
import { PinoSources, type PinoSource } from './pino-source.ts'
import { pinoPrototype, pinoSymbols, type PinoLogger, type PinoSymbols } from './pino-symbols.ts'
import { patchOwn } from './patch-own.ts'
import { enterQuietConsole, leaveQuietConsole } from './quiet-console.ts'
import { numberedSeverity } from './severity.ts'
import { traceIdsOf } from './trace-ids.ts'

type Factory = (options: object, stream: object) => object

/** pino, by the methods that all loggers of a copy share. Newer ones also tell of each line on a channel: by it a copy is found that a bundler has merged into another file. */
export const PINO: BridgedLibrary = {
  name: 'pino',
  main: /[\\/]pino[\\/]pino\.js$/,
  channel: 'tracing:pino_asJson:end',
  target(value) {
    if (typeof value === 'function') {
      if (!('symbols' in value && 'stdSerializers' in value)) return undefined
      return pinoPrototype((value as unknown as Factory)({ enabled: false, base: null }, { write() {} }))
    }
    return typeof value === 'object' && value !== null ? pinoPrototype(value) : undefined
  },
  patch: (prototype, settings) => {
    const patch = new PinoPatch(settings)
    const restores = [patch.onWrite(prototype), patch.onJson(prototype)]
    return () => {
      for (const restore of restores) restore()
    }
  },
  late(message, settings) {
    const {
      instance,
      arguments: call,
      result: line,
    } = message as { instance: PinoLogger; arguments: PinoCall; result: unknown }
    new PinoPatch({ ...settings, mode: 'keep' }).take(instance, call, { context: activeContext(), ids: '', line })
  },
}

class PinoPatch {
  readonly #settings: BridgeSettings
  #symbols: PinoSymbols | undefined
  #sources: PinoSources | undefined
  readonly #silenced = new WeakMap<PinoLogger, PinoLogger>()

  constructor(settings: BridgeSettings) {
    this.#settings = settings
  }

  /** Some symbols stand only on a logger, so that they are known at the first call. */
  #symbolsOf(logger: object): PinoSymbols {
    return (this.#symbols ??= pinoSymbols(logger))
  }

  onWrite(prototype: object): Restore {
    const isReplaced = this.#settings.mode === 'replace'
    const silenced = (logger: PinoLogger): PinoLogger => this.#silence(logger)
    return patchOwn(prototype, symbolOf(prototype, 'write'), (write: Write, state): Write => {
      return function (entries, message, level) {
        enterQuietConsole()
        try {
          write.call(isReplaced && state.active ? silenced(this) : this, entries, message, level)
        } finally {
          leaveQuietConsole()
        }
      }
    })
  }

  /** The same logger, with a stream that drops what is written to it. */
  #silence(logger: PinoLogger): PinoLogger {
    const known = this.#silenced.get(logger)
    if (known !== undefined) return known
    const silent = Object.create(logger, { [this.#symbolsOf(logger).stream]: { value: { write() {} } } }) as PinoLogger
    this.#silenced.set(logger, silent)
    return silent
  }

  onJson(prototype: object): Restore {
    const idsFor = (logger: PinoLogger, call: PinoCall, context: Context): string => this.#idsFor(logger, call, context)
    const take = (logger: PinoLogger, call: PinoCall, written: WrittenLine): void => this.take(logger, call, written)
    return patchOwn(prototype, symbolOf(prototype, 'asJson'), (asJson: AsJson, state): AsJson => {
      return function (entries, message, level, time) {
        if (!state.active) return asJson.call(this, entries, message, level, time)
        const context = activeContext()
        const call: PinoCall = [entries, message, level, time]
        const ids = idsFor(this, call, context)
        const line = asJson.call(this, entries, message, level, ids === '' ? time : time + ids)
        take(this, call, { context, ids, line })
        return line
      }
    })
  }

  /** The ids stand behind the time, which pino takes as a piece of the line: so nothing is cut out of a line, nor searched in one. None where the program puts some there itself. */
  #idsFor(logger: PinoLogger, [entries, , , time]: PinoCall, context: Context): string {
    try {
      const ids = this.#settings.traceIds ? traceIdsOf(context) : undefined
      if (ids === undefined || typeof time !== 'string' || entries['trace_id'] !== undefined) return ''
      if (this.#sourceOf(logger).entries['trace_id'] !== undefined) return ''
      return `,"trace_id":"${ids.trace_id}","span_id":"${ids.span_id}","trace_flags":"${ids.trace_flags}"`
    } catch (error) {
      this.#settings.onError(error)
      return ''
    }
  }

  #sourceOf(logger: PinoLogger): PinoSource {
    this.#sources ??= new PinoSources(this.#symbolsOf(logger))
    return this.#sources.of(logger)
  }

  /** Takes the record of one line. Never throws. */
  take(logger: PinoLogger, call: PinoCall, { context, ids, line }: WrittenLine): void {
    try {
      const source = this.#sourceOf(logger)
      const { component, chindings } = source
      const [, , level, time] = call
      const severity = numberedSeverity(level, logger.levels?.labels?.[level])
      if (!isTaken(component, severity, context)) return
      const said = this.#settings.mode !== 'replace'
      const ownPart = (): string => {
        const head = (logger[this.#symbolsOf(logger).levelCache] as Record<number, string>)[level] ?? ''
        return String(line).slice(head.length + time.length + ids.length + chindings.length)
      }
      emitForeign({ component, severity, context, said }, pinoRecord(source, call, ownPart))
    } catch (error) {
      this.#settings.onError(error)
    }
  }
}

/** What pino made of a call, with these ids in it. */
interface WrittenLine {
  readonly context: Context
  readonly ids: string
  readonly line: unknown
}

type AsJson = (this: PinoLogger, ...call: PinoCall) => unknown
type Write = (this: PinoLogger, entries: unknown, message: unknown, level: unknown) => void

function symbolOf(prototype: object, name: 'asJson' | 'write'): symbol {
  return pinoSymbols(prototype)[name]
}
