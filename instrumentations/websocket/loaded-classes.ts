import { loadedModules } from '../../src/loading/index.ts'
import type { LoadedClass } from './ws.ts'

/** A class that we patch: where its file lies (the folder of `ws` may have any name, as with an alias), under which name it is exported (none: it is the export itself), and a method by which it is known. */
const CLASSES = {
  socket: { file: /[\\/]lib[\\/]websocket\.js$/, method: 'setSocket' },
  server: { file: /[\\/]lib[\\/]websocket-server\.js$/, method: 'completeUpgrade' },
  receiver: { file: /[\\/]lib[\\/]receiver\.js$/, method: 'startLoop' },
  engineSocket: { file: /[\\/]engine\.io[\\/]build[\\/]socket\.js$/, name: 'Socket', method: 'onOpen' },
  engineServer: { file: /[\\/]engine\.io[\\/]build[\\/]server\.js$/, name: 'Server', method: 'handleUpgrade' },
  engineTransport: {
    file: /[\\/]engine\.io[\\/]build[\\/]transports[\\/]websocket\.js$/,
    name: 'WebSocket',
    method: 'send',
  },
  emitter: {
    file: /[\\/]socket\.io[\\/]dist[\\/]typed-events\.js$/,
    name: 'StrictEventEmitter',
    method: 'emitReserved',
  },
} as const satisfies Readonly<Record<string, { file: RegExp; name?: string; method: string }>>

export type ClassName = keyof typeof CLASSES

const NAMES = Object.keys(CLASSES) as ClassName[]
/** The last letters of the files' names before `.js`: of thousands of modules nearly all are told apart by them. */
const ENDINGS = ['ket.js', 'ver.js', 'nts.js']
const ENDING_LENGTH = 6

// The cache of CommonJS modules is one for the process. `ws` and Socket.IO are CommonJS also for those who import them: their ESM entries re-export these classes.
const cache = loadedModules()

/** Finds the classes in every loaded copy of `ws` and of Socket.IO's server, however it was loaded. Copies that a bundler has merged into another file are not found. */
export function findLoadedClasses(found: (name: ClassName, loaded: LoadedClass) => void): void {
  for (const file in cache) {
    if (!ENDINGS.includes(file.slice(-ENDING_LENGTH))) continue
    for (const name of NAMES) {
      const { file: pattern, method, ...rest } = CLASSES[name]
      if (!pattern.test(file)) continue
      const exported = cache[file]?.exports as Record<string, unknown> | undefined
      const candidate = 'name' in rest ? exported?.[rest.name] : exported
      if (isClass(candidate, method)) found(name, candidate)
    }
  }
}

function isClass(candidate: unknown, method: string): candidate is LoadedClass {
  if (typeof candidate !== 'function') return false
  const prototype = candidate.prototype as Record<string, unknown> | undefined
  return typeof prototype?.[method] === 'function'
}
