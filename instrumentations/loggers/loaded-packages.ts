import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { loadedModules } from '../../src/loading/index.ts'
import type { Restore } from '../method-patch.ts'

const REQUIRED = 'tracing:module.require:end'

/** What Node tells of a CommonJS module that was loaded, also by an import. */
interface Required {
  /** As it was asked for: a name or a path. */
  readonly id?: string
  /** What it exports. */
  readonly result?: unknown
}

/**
 * Finds what a CommonJS package exports, in each copy that is loaded now or later, by require or by import; loads nothing itself. Later ones are told by a channel of Node's: no module hook, which
 * all modules of the program would go through.
 * @param main matches the path of the package's main file
 * @param found may hear of a copy several times. Must not throw
 */
export function watchPackage(name: string, main: RegExp, found: (exported: object) => void): Restore {
  const tell = (exported: unknown): void => {
    if ((typeof exported === 'object' && exported !== null) || typeof exported === 'function') found(exported)
  }
  const cache = loadedModules()
  for (const file in cache) if (file.endsWith(`${name}.js`) && main.test(file)) tell(cache[file]?.exports)
  const hear = (message: unknown): void => {
    const { id, result } = message as Required
    if (typeof id === 'string' && (id === name || main.test(id))) tell(result)
  }
  subscribe(REQUIRED, hear)
  return () => void unsubscribe(REQUIRED, hear)
}
