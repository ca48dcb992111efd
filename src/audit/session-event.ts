import { auditCall } from './audit-call.ts'
import { auditChannel } from './audit-channel.ts'
import type { AuditEntry } from './audit-entry.ts'

const COMPONENT = 'audit'

/** The end of a session. */
export interface SessionEnd extends AuditEntry {
  readonly durationMillis?: number | undefined
  /** What was counted in it: messages, bytes. */
  readonly counts?: Readonly<Record<string, number>> | undefined
}

/** A session began that is none of a WebSocket: those say so by themselves. */
export const sessionCreated = auditCall((entry: AuditEntry) =>
  auditChannel.say({
    component: COMPONENT,
    event: 'SESSION_CREATED',
    level: 'INFO',
    message: 'session created',
    entry,
  }),
)

/** A session is over that is none of a WebSocket: those say so by themselves. */
export const sessionEnded = auditCall(({ durationMillis, counts, ...entry }: SessionEnd): boolean => {
  return auditChannel.say({
    component: COMPONENT,
    event: 'SESSION_ENDED',
    level: 'INFO',
    message: 'session ended',
    entry,
    fields: { 'clew.duration_ms': durationMillis, ...counts },
  })
})
