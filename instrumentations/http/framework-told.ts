import type { IncomingMessage } from 'node:http'
import { fieldScope } from '../../src/context/index.ts'
import { serverRequestOf } from './request-mark.ts'

const TOLD = Symbol.for('clew.http.told')

/** What a web framework knows of a request to this process. */
export interface FrameworkTold {
  /** The route that took it, as the framework spells it, with the places where its routers are mounted; undefined when none did. */
  route?: string | undefined
  /** What a handler threw, or rejected with, last. */
  error?: unknown
  /** Asked once, when the request is over: what it answers wins. */
  later?: () => { readonly route: string | undefined; readonly error: unknown }
}

/** A request, or where there is only its context, the scope of that. */
interface Holder {
  [TOLD]?: FrameworkTold
}

/**
 * Keeps what a framework tells of a request, for its closing record, its span and its metric; what is told later wins.
 * @param request the running one, where the framework doesn't know Node's
 */
export function tellRequest(request: IncomingMessage | undefined, told: FrameworkTold): void {
  const holder = (request ?? fieldScope()?.root) as Holder | undefined
  if (holder === undefined) return
  const known = holder[TOLD]
  if (known === undefined) holder[TOLD] = { ...told }
  else Object.assign(known, told)
}

export function isRouteTold(request: IncomingMessage): boolean {
  return (request as Holder)[TOLD]?.route !== undefined
}

/** All that frameworks told of a request. */
export function toldOf(request: IncomingMessage): Omit<FrameworkTold, 'later'> {
  const told = (request as Holder)[TOLD] ?? scopeOf(request)?.[TOLD]
  if (told === undefined) return {}
  const { route, error, later } = told
  const last = later?.()
  return { route: last?.route ?? route, error: last?.error ?? error }
}

function scopeOf(request: IncomingMessage): Holder | undefined {
  const opened = serverRequestOf(request)
  return opened === undefined ? undefined : (fieldScope(opened.context)?.root as Holder | undefined)
}
