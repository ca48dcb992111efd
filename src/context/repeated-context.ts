import { AsyncLocalStorage, AsyncResource, executionAsyncResource } from 'node:async_hooks'
import type { Context } from '@opentelemetry/api'
import { isContextForeign, runInContext } from './context-manager.ts'

/**
 * Whether Node keeps contexts in frames (24 and newer). There `AsyncLocalStorage.run` makes two frames, 230 ns, and a resource goes back into one that was made before, for 10; elsewhere `run` is cheap, and a
 * resource keeps what is entered in it.
 */
const HAS_FRAMES = hasFrames()

function hasFrames(): boolean {
  const storage = new AsyncLocalStorage<boolean>()
  const resource = new AsyncResource('clew.context')
  resource.runInAsyncScope(() => storage.enterWith(true))
  return resource.runInAsyncScope(() => storage.getStore()) === undefined
}

/** The native objects that bring a connection's bytes: each calls from one frame, that of its making. */
const CONNECTIONS: ReadonlySet<string | undefined> = new Set(['TCP', 'TLSWrap', 'Pipe'])

/** Elsewhere one resource goes with many frames: the continuations of all promises have the same, and `AsyncLocalStorage.run` enters a frame without changing it. */
function isConnection(resource: object): boolean {
  return CONNECTIONS.has(resource.constructor?.name) && !(resource instanceof AsyncResource)
}

/** One context that is entered time and again by the same native object, such as the connection that a session's messages come from. */
export class RepeatedContext {
  readonly #context: Context
  /** The context beside all that the other storages of the program hold where it is entered from. */
  #scope: AsyncResource | undefined
  #from: object | undefined

  constructor(context: Context) {
    this.#context = context
  }

  /**
   * As `runInContext`: what other storages of the program hold stays as it is around the call. Only what a program enters between its connection's callback and us is taken as it was at the
   * first call: Node tells of no frame that it is another one.
   */
  run<A extends unknown[], R>(fn: (this: unknown, ...args: A) => R, self: unknown, ...args: A): R {
    if (!HAS_FRAMES || isContextForeign()) return runInContext(this.#context, () => Reflect.apply(fn, self, args))
    const from = executionAsyncResource()
    if (from !== this.#from || this.#scope === undefined) {
      if (!isConnection(from)) return runInContext(this.#context, () => Reflect.apply(fn, self, args))
      this.#scope = runInContext(this.#context, () => new AsyncResource('clew.context'))
      this.#from = from
    }
    return this.#scope.runInAsyncScope(fn, self, ...args)
  }
}
