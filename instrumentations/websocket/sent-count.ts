import type { Method } from '../method-patch.ts'
import type { OpenSessions } from './open-sessions.ts'
import { quietly } from './quietly.ts'
import { OPEN, type Socket } from './ws.ts'

/** Counts what a socket sends while it is open. */
export function countSent(next: () => Method, sessions: OpenSessions): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const session = sessions.of(this as Socket)
    const open = session !== undefined && (this as Socket).readyState === OPEN
    const result: unknown = Reflect.apply(next(), this, args)
    if (open) quietly(() => session.sent(args[0], (args[1] as { fin?: unknown } | undefined)?.fin !== false))
    return result
  }
}
