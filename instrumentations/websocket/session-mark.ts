import type { Session } from './session.ts'

/** On a socket, and on what reads its bytes: its session. */
export const SESSION = Symbol('clew.websocket.session')

/** What a session may be known by. */
export interface Marked {
  readonly [SESSION]?: Session
}

/** The session of a socket; also one that has ended. */
export function sessionOf(target: object): Session | undefined {
  return (target as Marked)[SESSION]
}
