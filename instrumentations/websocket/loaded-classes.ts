import type { ServerClass, SocketClass } from './ws.ts'

/** The classes of one or more copies of `ws` that the program has loaded. */
export interface LoadedClasses {
  readonly sockets: readonly SocketClass[]
  readonly servers: readonly ServerClass[]
}

const SOCKET_FILE = /[\\/]ws[\\/]lib[\\/]websocket\.js$/
const SERVER_FILE = /[\\/]ws[\\/]lib[\\/]websocket-server\.js$/

// The cache of CommonJS modules is one for the process. `ws` is CommonJS also for those who import it: its ESM entry re-exports these classes.
// Any place serves to reach it: a bundle may not know its own.
const { cache } = process.getBuiltinModule('node:module').createRequire(process.execPath)

/** Finds every loaded copy of `ws`, however it was loaded. Copies that a bundler has merged into another file are not found. */
export function loadedClasses(): LoadedClasses {
  const sockets: SocketClass[] = []
  const servers: ServerClass[] = []
  for (const file in cache) {
    if (!file.endsWith('.js') || !file.includes('websocket', file.length - 19)) continue
    const exported = cache[file]?.exports as unknown
    if (SOCKET_FILE.test(file) && isClass(exported, 'send')) sockets.push(exported as SocketClass)
    else if (SERVER_FILE.test(file) && isClass(exported, 'handleUpgrade')) servers.push(exported as ServerClass)
  }
  return { sockets, servers }
}

function isClass(exported: unknown, method: string): boolean {
  if (typeof exported !== 'function') return false
  const prototype = exported.prototype as Record<string, unknown> | undefined
  return typeof prototype?.[method] === 'function'
}
