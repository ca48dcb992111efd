import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context, ContextManager } from '@opentelemetry/api'
import { ROOT_NODE } from './context-node.ts'

const storage = new AsyncLocalStorage<Context>()

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

  /** A function is bound to the context; any other target is answered as it is. */
  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function') return target
    const bound = function bound(this: unknown, ...args: unknown[]): unknown {
      return storage.run(usable(context), () => Reflect.apply(target, this, args) as unknown)
    }
    Object.defineProperty(bound, 'length', { value: target.length, configurable: true })
    return bound as T
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
