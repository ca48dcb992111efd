import type { Instrumentation } from '../instrumentation.ts'
import { BUNYAN } from './bunyan.ts'
import { ConsoleBridge } from './console.ts'
import { LibraryBridge } from './library-bridge.ts'
import type { LoggersSettings } from './loggers-settings.ts'
import { PINO } from './pino.ts'
import { WINSTON } from './winston.ts'

export { bridgeLogger } from './library-bridge.ts'
export type { BridgeMode, LoggersSettings } from './loggers-settings.ts'

/**
 * The loggers that a program has already: what they say becomes records, with the context of their call, and without secrets.
 * @param onError hears of our own failures; they never reach the application
 */
export function createLoggerBridges(settings: LoggersSettings, onError: (error: unknown) => void): Instrumentation[] {
  const { traceIds } = settings
  const libraries = [PINO, WINSTON, BUNYAN].map((library) => {
    const mode = settings[library.name]
    return mode === 'off' ? [] : [new LibraryBridge(library, { mode, traceIds, onError })]
  })
  const own = settings.console === 'off' ? [] : [new ConsoleBridge({ mode: settings.console, traceIds, onError })]
  return [...libraries.flat(), ...own]
}
