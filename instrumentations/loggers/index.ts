import type { Instrumentation } from '../instrumentation.ts'
import { BUNYAN } from './bunyan.ts'
import { ConsoleBridge } from './console.ts'
import { LibraryBridge, nameTarget } from './library-bridge.ts'
import type { LoggersSettings } from './loggers-settings.ts'
import { PINO } from './pino.ts'
import { WINSTON } from './winston.ts'

export type { BridgeMode, LoggersSettings } from './loggers-settings.ts'

const LIBRARIES = [PINO, WINSTON, BUNYAN]

/**
 * The loggers that a program has already: what they say becomes records, with the context of their call, and without secrets.
 * @param onError hears of our own failures; they never reach the application
 */
export function createLoggerBridges(settings: LoggersSettings, onError: (error: unknown) => void): Instrumentation[] {
  const { traceIds } = settings
  const libraries = LIBRARIES.map((library) => {
    const mode = settings[library.name]
    return mode === 'off' ? [] : [new LibraryBridge(library, { mode, traceIds, onError })]
  })
  const own = settings.console === 'off' ? [] : [new ConsoleBridge({ mode: settings.console, traceIds, onError })]
  return [...libraries.flat(), ...own]
}

/**
 * Bridges all loggers of the copy of pino, winston or bunyan that a logger belongs to. Only needed for a copy that clew doesn't find by itself (its status says how many it has found): one that a bundler
 * has merged into another file. May be called before `init()`.
 * @throws TypeError for what is no such logger
 */
export function bridgeLogger(logger: object): void {
  const target = LIBRARIES.map((library) => library.target(logger)).find((found) => found !== undefined)
  if (target === undefined) throw new TypeError('bridgeLogger: allowed: a logger of pino, winston 3 or bunyan')
  nameTarget(target)
}
