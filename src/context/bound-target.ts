import { EventEmitter } from 'node:events'
import type { Context } from '@opentelemetry/api'
import { contextStorage } from './context-storage.ts'

type Callable = (this: unknown, ...args: unknown[]) => unknown
type AddListener = (this: unknown, type: unknown, listener: unknown) => unknown

/** A function, or an emitter's listeners, in a context; any other target is answered as it is. */
export function boundTarget<T>(context: Context, target: T): T {
  if (typeof target === 'function') return boundFunction(context, target as T & Callable)
  if (target instanceof EventEmitter) bindEmitter(context, target)
  return target
}

function boundFunction<F extends Callable>(context: Context, target: F): F {
  const bound = function (this: unknown, ...args: unknown[]): unknown {
    return contextStorage.run(context, Reflect.apply, target, this, args)
  }
  for (const key of ['name', 'length'] as const)
    Object.defineProperty(bound, key, { value: target[key], configurable: true })
  return bound as F
}

/** The context in which each bound emitter runs the listeners that are added now. */
const contexts = new WeakMap<EventEmitter, Context>()
/** Each method that adds a listener, with the one that adds it at the same end and for good. */
const METHODS = {
  on: 'on',
  addListener: 'addListener',
  once: 'on',
  prependListener: 'prependListener',
  prependOnceListener: 'prependListener',
} as const
type Method = keyof typeof METHODS

/** From now on an emitter runs what is added to it in this context; also if it was bound to another one before. One that can't be changed stays as it is. */
function bindEmitter(context: Context, emitter: EventEmitter): void {
  const known = contexts.has(emitter)
  contexts.set(emitter, context)
  if (known) return
  try {
    const methods = (Object.keys(METHODS) as Method[]).map((name) => [name, addInContext(emitter, name)] as const)
    for (const [name, value] of methods)
      Object.defineProperty(emitter, name, { value, configurable: true, writable: true, enumerable: false })
  } catch {
    // frozen, or a proxy that refuses
  }
}

/** The emitter's own method; an inherited one is looked up each time, since it may be patched later on. */
function methodBehind(emitter: EventEmitter, name: Method): () => AddListener {
  const own: unknown = Object.getOwnPropertyDescriptor(emitter, name)?.value
  if (typeof own === 'function') return () => own as AddListener
  return () => Reflect.get(Object.getPrototypeOf(emitter) as object, name) as AddListener
}

/** Listeners that are in a context already. */
const inContext = new WeakSet<object>()

/**
 * Adds a listener in the context that the emitter is bound to. Node's emitters know a wrapped listener by its property `listener`, as they do their own of `once`: so it is found, shown and
 * removed by the original.
 */
function addInContext(emitter: EventEmitter, name: Method): AddListener {
  const plain = methodBehind(emitter, name)
  const lasting = methodBehind(emitter, METHODS[name])
  const once = METHODS[name] !== name
  return function (type, listener) {
    const context = contexts.get(emitter)
    if (typeof listener !== 'function' || inContext.has(listener) || context === undefined)
      return Reflect.apply(plain(), this, [type, listener])
    let fired = false
    const bound = function (this: EventEmitter, ...args: unknown[]): unknown {
      // An emit inside an emit finds the listener a second time.
      if (fired) return undefined
      if (once) {
        fired = true
        this.removeListener(type as string, bound)
      }
      return contextStorage.run(context, Reflect.apply, listener as Callable, this, args)
    }
    inContext.add(Object.assign(bound, { listener }))
    return Reflect.apply(lasting(), this, [type, bound])
  }
}
