import type { LoggerProvider } from '@opentelemetry/api'
import { loadedModules } from './loading/index.ts'

/** Where `@opentelemetry/api-logs` keeps its provider, and the version of that agreement, from 0.5x to 0.2xx. */
const PROVIDER = Symbol.for('io.opentelemetry.js.api.logs')
const VERSION = 1

type ProviderGetter = (version: number) => LoggerProvider | undefined

/** The `logs` of a copy of that package. */
interface OlderLogs {
  setGlobalLoggerProvider(provider: LoggerProvider): unknown
  disable(): void
}

/**
 * Makes a provider the one of `@opentelemetry/api-logs` too, by which libraries logged before the Logs API moved into `@opentelemetry/api`; without loading that package.
 * Loggers that were asked for before come alive too, but for those of a copy that was bundled or loaded as an ES module.
 * @returns takes it back; does nothing where another SDK's provider was there first
 */
export function registerOlderLogs(provider: LoggerProvider): () => void {
  const holder = globalThis as { [PROVIDER]?: ProviderGetter }
  if (holder[PROVIDER] !== undefined) return () => {}
  const copies = loadedCopies()
  for (const logs of copies) {
    logs.setGlobalLoggerProvider(provider)
    delete holder[PROVIDER]
  }
  const getter: ProviderGetter = (version) => (version === VERSION ? provider : undefined)
  holder[PROVIDER] = getter
  return () => {
    if (holder[PROVIDER] !== getter) return
    delete holder[PROVIDER]
    for (const logs of copies) logs.disable()
  }
}

/** Each copy keeps the loggers it gave out before there was a provider, and wakes them when it is told of one. */
function loadedCopies(): OlderLogs[] {
  return Object.entries(loadedModules()).flatMap(([file, loaded]) => {
    if (!/[\\/]@opentelemetry[\\/]api-logs[\\/]build[\\/]src[\\/]index\.js$/.test(file)) return []
    const { logs } = (loaded?.exports ?? {}) as { logs?: Partial<OlderLogs> }
    const usable = typeof logs?.setGlobalLoggerProvider === 'function' && typeof logs.disable === 'function'
    return usable ? [logs as OlderLogs] : []
  })
}
