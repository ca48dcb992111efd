import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context } from '@opentelemetry/api'
import { activeContext, runInContext } from '../context/index.ts'

const SCOPE = Symbol.for('clew.testing.scope')
const storage = new AsyncLocalStorage<CaptureScope>()
/** Where traces began: a server that was started outside still works on behalf of the test whose request it answers. */
const traces = new Map<string, CaptureScope>()

/** A function under test, and all that it starts. */
export class CaptureScope {
  readonly #outer: CaptureScope | undefined

  constructor(outer: CaptureScope | undefined) {
    this.#outer = outer
  }

  /** Whether this is the other scope, or lies in it. */
  isIn(other: CaptureScope): boolean {
    return this === other || this.#outer?.isIn(other) === true
  }
}

/** The scope that runs. */
export function currentScope(): CaptureScope | undefined {
  return storage.getStore()
}

/** Runs a function in a scope: kept by the context, and by the flow of the code for what leaves its context. */
export function runInScope<R>(scope: CaptureScope, fn: () => R): R {
  return runInContext(activeContext().setValue(SCOPE, scope), () => storage.run(scope, fn))
}

/**
 * The scope that something belongs to: that of its context, else that in which its trace began, else that of the running code, which may be a socket's that several scopes share.
 */
export function scopeOf(context: Context, traceId: string | undefined): CaptureScope | undefined {
  const own = context.getValue(SCOPE) as CaptureScope | undefined
  return own ?? (traceId === undefined ? undefined : traces.get(traceId)) ?? storage.getStore()
}

/** Remembers where a trace began. */
export function rememberTrace(traceId: string, scope: CaptureScope): void {
  if (!traces.has(traceId)) traces.set(traceId, scope)
}

/** Forgets all traces. */
export function forgetTraces(): void {
  traces.clear()
}
