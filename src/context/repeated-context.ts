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

/** One context that is entered time and again by the same native object, such as the connection that a session's messages come from. */
export class RepeatedContext {
  readonly #context: Context
  /** The context beside all that the other storages of the program hold where it is entered from. */
  #scope: AsyncResource | undefined
  #from: object | undefined

  constructor(context: Context) {
    this.#context = context
  }

  /** As `runInContext`: what other storages of the program hold stays as it is around the call. */
  run<A extends unknown[], R>(fn: (this: unknown, ...args: A) => R, self: unknown, ...args: A): R {
    if (!HAS_FRAMES || isContextForeign()) return runInContext(this.#context, () => Reflect.apply(fn, self, args))
    const from = executionAsyncResource()
    if (from !== this.#from || this.#scope === undefined) {
      this.#scope = runInContext(this.#context, () => new AsyncResource('clew.context'))
      this.#from = from
    }
    return this.#scope.runInAsyncScope(fn, self, ...args)
  }
}
