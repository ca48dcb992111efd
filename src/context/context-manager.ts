import type { EventEmitter } from 'node:events'
import type { Context, ContextManagementToken, ContextManager } from '@opentelemetry/api'
import { boundTarget } from './bound-target.ts'
import { ROOT_NODE } from './context-node.ts'
import { contextStorage as storage } from './context-storage.ts'

/** Whether the API's context manager is somebody else's: then all contexts are kept there. */
let foreign = false

/** Says whether the API's context manager is another SDK's, or the user's. */
export function useForeignContext(isForeign: boolean): void {
  foreign = isForeign
}

export function isContextForeign(): boolean {
  return foreign
}

/** What all copies of the OpenTelemetry API share; the manager in it may be of an older copy than ours, which would not show it. */
const API = Symbol.for('opentelemetry.js.api.1')

/** Undefined while clew's own is in force, also after the other one was taken away. */
function foreignManager(): ContextManager | undefined {
  return foreign ? (globalThis as { [API]?: { readonly context?: ContextManager } })[API]?.context : undefined
}

/** The context of the running code; the empty one outside of any. */
export function activeContext(): Context {
  return foreignManager()?.active() ?? storage.getStore() ?? ROOT_NODE
}

/** Runs a function, and everything it starts, in a context. */
export function runInContext<A extends unknown[], R>(context: Context, fn: (...args: A) => R, ...args: A): R {
  const manager = foreignManager()
  if (manager !== undefined) return manager.with(context, fn, undefined, ...args)
  return storage.run(context, fn, ...args)
}

/**
 * Keeps the context of the running code for what is called from elsewhere: a callback that goes into a queue or pool, the listeners of a connection.
 * @param target a function: the answer runs it in this context. An event emitter: it is answered itself, and runs the listeners that are added from now on in this context; they are
 * removed and listed as ever.
 */
export function keepContext<T extends ((...args: never[]) => unknown) | EventEmitter>(target: T): T {
  const context = activeContext()
  return foreignManager()?.bind(context, target) ?? boundTarget(context, target)
}

/** OpenTelemetry's context over Node's AsyncLocalStorage: it follows await, timers, streams and callbacks. */
export class AsyncContextManager implements ContextManager {
  active(): Context {
    return storage.getStore() ?? ROOT_NODE
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return storage.run(usable(context), () => fn.apply(thisArg, args))
  }

  /**
   * A function that runs in the context; or an emitter, itself, that runs the listeners added from now on in it. Any other target is answered as it is.
   * @see https://opentelemetry.io/docs/specs/otel/context/
   */
  bind<T>(context: Context, target: T): T {
    return boundTarget(usable(context), target)
  }

  /** Makes a context the active one until the token is disposed, also for a caller that does not await; `with` is safer. */
  attach(context: Context): ContextManagementToken {
    const before = storage.getStore()
    storage.enterWith(usable(context))
    let attached = true
    return {
      dispose() {
        if (attached) storage.enterWith(before as Context)
        attached = false
      },
    }
  }

  enable(): this {
    return this
  }

  disable(): this {
    storage.disable()
    return this
  }
}

/** The context; the active one for what is none, which every later record would stumble over. */
function usable(context: Context): Context {
  return typeof (context as Context | undefined)?.getValue === 'function' ? context : activeContext()
}
