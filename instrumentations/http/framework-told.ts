import type { IncomingMessage } from 'node:http'

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

interface ToldRequest extends IncomingMessage {
  [TOLD]?: FrameworkTold
}

/** Keeps what a framework tells of a request, for its closing record, its span and its metric; what is told later wins. */
export function tellRequest(request: IncomingMessage, told: FrameworkTold): void {
  const known = (request as ToldRequest)[TOLD]
  if (known === undefined) (request as ToldRequest)[TOLD] = { ...told }
  else Object.assign(known, told)
}

export function isRouteTold(request: IncomingMessage): boolean {
  return (request as ToldRequest)[TOLD]?.route !== undefined
}

/** All that frameworks told of a request. */
export function toldOf(request: IncomingMessage): Omit<FrameworkTold, 'later'> {
  const told = (request as ToldRequest)[TOLD]
  if (told === undefined) return {}
  const { route, error, later } = told
  const last = later?.()
  return { route: last?.route ?? route, error: last?.error ?? error }
}
