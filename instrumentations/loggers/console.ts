import { activeContext } from '../../src/context/index.ts'
import { pipeline, SEVERITY, type LevelName } from '../../src/logging/index.ts'
import type { Instrumentation, InstrumentationStatus } from '../instrumentation.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import { consoleRecord, consoleTrace, consoleValue } from './console-record.ts'
import { emitForeign, isTaken, type ForeignRecord } from './foreign-record.ts'
import type { BridgeSettings } from './loggers-settings.ts'
import { isConsoleQuiet, withQuietConsole } from './quiet-console.ts'

const COMPONENT = 'console'

/** What a call said. */
interface Said {
  readonly level: LevelName
  readonly record: () => ForeignRecord
}

type ConsoleMethod = (call: readonly unknown[]) => Said

const at =
  (level: LevelName): ConsoleMethod =>
  (call) => ({ level, record: () => consoleRecord(call) })

/** Those that write by themselves; all others (`table`, `count`, `assert`, `group`, `timeEnd`, `trace` …) call one of them. */
const METHODS: Readonly<Record<string, ConsoleMethod>> = {
  log: at('INFO'),
  info: at('INFO'),
  dirxml: at('INFO'),
  dir: (call) => ({ level: 'INFO', record: () => consoleValue(call) }),
  debug: at('DEBUG'),
  warn: at('WARNING'),
  error: (call) => {
    const trace = consoleTrace(call)
    return trace === undefined ? at('ERROR')(call) : { level: 'DEBUG', record: () => trace }
  },
}

/** What a program says on its console, as records. */
export class ConsoleBridge implements Instrumentation {
  readonly name = 'console'
  readonly #settings: BridgeSettings
  #restores: Restore[] = []

  constructor(settings: BridgeSettings) {
    this.#settings = settings
  }

  enable(): void {
    if (this.#restores.length > 0) return
    for (const [name, method] of Object.entries(METHODS)) {
      if (typeof console[name as 'log'] !== 'function') continue
      this.#restores.push(patchMethod(console, name, (next) => this.#bridged(method, next)))
    }
  }

  disable(): void {
    for (const restore of this.#restores.splice(0)) restore()
  }

  #bridged(method: ConsoleMethod, next: () => Method): Method {
    const take = (call: unknown[]): void => this.#take(method, call)
    const isReplaced = this.#settings.mode === 'replace'
    return function (this: unknown, ...call) {
      const isQuiet = isConsoleQuiet()
      const answer = isReplaced && !isQuiet ? undefined : Reflect.apply(next(), this, call)
      if (!isQuiet) take(call)
      return answer
    }
  }

  /** What is said on the console while the record is made and taken (by a processor, a getter) is no record again. */
  #take(method: ConsoleMethod, call: unknown[]): void {
    try {
      const component = pipeline.components.get(COMPONENT)
      const context = activeContext()
      withQuietConsole(() => {
        const { level, record } = method(call)
        const severity = { number: SEVERITY[level], text: level }
        if (!isTaken(component, severity, context)) return
        const made = record()
        if (made.body === '' && made.error === undefined) return
        emitForeign({ component, severity, context, said: this.#settings.mode !== 'replace' }, made)
      })
    } catch (error) {
      this.#settings.onError(error)
    }
  }

  status(): InstrumentationStatus {
    const active = this.#restores.length > 0
    const kept = 'also on the terminal; a method that was kept before init() is not seen, as in const { log } = console'
    const replaced = "clew's lines in place of its own"
    const detail = this.#settings.mode === 'replace' ? replaced : kept
    return { name: this.name, active, detail: active ? detail : 'not enabled' }
  }
}
