import type { Session } from './session.ts'

/** On a socket, and on what reads its bytes: its session. */
export const SESSION = Symbol('clew.websocket.session')

/** On a server's socket that has no session, since its path is ignored: true. */
export const LEFT_OUT = Symbol('clew.websocket.left_out')

/** What a session may be known by. */
export interface Marked {
  readonly [SESSION]?: Session
  readonly [LEFT_OUT]?: boolean
}

export function markLeftOut(socket: object): void {
  Object.defineProperty(socket, LEFT_OUT, { value: true, configurable: true })
}

/** The session of a socket; also one that has ended. */
export function sessionOf(target: object): Session | undefined {
  return (target as Marked)[SESSION]
}
