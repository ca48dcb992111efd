import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { loadedModules } from '../../src/loading/index.ts'
import type { Restore } from '../method-patch.ts'

const REQUIRED = 'tracing:module.require:end'
/** A module that belongs to one of the clients may have been loaded: packages can have any name in a program, as by an alias. */
const OF_A_CLIENT = /redis/i

/** One copy of a client, as it lies in the cache of CommonJS modules. */
export interface ClientCopy {
  readonly library: 'redis' | 'ioredis'
  /** The file of its client's class. */
  readonly file: string
  readonly exported: object
  /** The file of another of its modules. */
  readonly sibling: (name: string) => string
}

const CLASSES = [
  ['redis', /[\\/]@redis[\\/]client[\\/]dist[\\/]lib[\\/]client[\\/]index\.js$/],
  ['ioredis', /[\\/]ioredis[^\\/]*[\\/](?:built[\\/]Redis|built[\\/]redis[\\/]index|lib[\\/]redis)\.js$/],
] as const

/** The copies of both clients that are loaded now. */
export function loadedCopies(): ClientCopy[] {
  const cache = loadedModules()
  const copies: ClientCopy[] = []
  for (const file in cache) {
    if (!file.endsWith('index.js') && !file.endsWith('edis.js')) continue
    for (const [library, path] of CLASSES) {
      const module = path.test(file) ? cache[file] : undefined
      const exported: unknown = module?.loaded === true ? module.exports : undefined
      if (typeof exported !== 'object' && typeof exported !== 'function') continue
      const folder = file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1)
      copies.push({ library, file, exported: exported as object, sibling: (name) => folder + name })
    }
  }
  return copies
}

/** Hears whenever a client may have been loaded, by require or by import. No module hook: all modules of the program would go through it. */
export function onClientLoaded(hear: () => void): Restore {
  const heard = (message: unknown): void => {
    const { id } = message as { readonly id?: unknown }
    // Modules within a package are asked for by a path: the package itself comes last.
    if (typeof id === 'string' && OF_A_CLIENT.test(id) && !id.startsWith('.')) hear()
  }
  subscribe(REQUIRED, heard)
  return () => void unsubscribe(REQUIRED, heard)
}
