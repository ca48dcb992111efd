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

/** What was told, when it was asked for. */
export type ToldAtEnd = Omit<FrameworkTold, 'later'>

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

/** All that frameworks told of a request; undefined for nothing. */
export function toldOf(request: IncomingMessage): ToldAtEnd | undefined {
  return answered((request as Holder)[TOLD])
}

/** The same, of what was told by the request's context alone. It may be of a request that the program made to itself (`app.request()` of Hono). */
export function toldInContext(request: IncomingMessage): ToldAtEnd | undefined {
  return answered(scopeOf(request)?.[TOLD])
}

function answered(told: FrameworkTold | undefined): ToldAtEnd | undefined {
  if (told === undefined) return undefined
  const { route, error, later } = told
  const last = later?.()
  return { route: last?.route ?? route, error: last?.error ?? error }
}

function scopeOf(request: IncomingMessage): Holder | undefined {
  const opened = serverRequestOf(request)
  return opened === undefined ? undefined : (fieldScope(opened.context)?.root as Holder | undefined)
}
