import { auditCall } from './audit-call.ts'
import type { LevelName } from '../logging/index.ts'
import type { Fields } from '../otlp/index.ts'
import { auditChannel } from './audit-channel.ts'
import type { ActionStatus, AuditEntry } from './audit-entry.ts'

const COMPONENT = 'security'

/** Security events that clew knows; an application may have its own. */
export type SecurityEventName =
  | 'PERMISSION_DENIED'
  | 'UNAUTHENTICATED_ACCESS'
  | 'LOGIN_FAILED'
  | 'TOKEN_CREATED'
  | 'TOKEN_REVOKED'
  | 'SUSPICIOUS_ACTIVITY'
  | (string & {})

/** A security event by its name. */
export interface SecurityEntry extends AuditEntry {
  readonly event: SecurityEventName
  /** @default 'WARNING' */
  readonly severity?: LevelName | undefined
  readonly action?: string | undefined
  readonly status?: ActionStatus | undefined
}

/** Someone wanted what they may not have. */
export interface DeniedEntry extends AuditEntry {
  /** What was wanted: `delete_interview`. */
  readonly action: string
  readonly reason?: string | undefined
}

/** What is wanted without anybody being logged in. */
export interface UnauthenticatedEntry extends AuditEntry {
  readonly action?: string | undefined
  readonly reason?: string | undefined
}

/** The parts of a security event that its kind decides. */
export interface SecurityKind {
  readonly event: SecurityEventName
  readonly level: LevelName
  readonly message: string
  readonly action?: string | undefined
  readonly status?: ActionStatus | undefined
}

/** Says that something happened that concerns security. */
export const securityEvent = auditCall(
  ({ event, severity = 'WARNING', action, status, ...entry }: SecurityEntry): boolean => {
    const message = event.toLowerCase().replaceAll('_', ' ')
    return saySecurity({ event, level: severity, message, action, status }, entry)
  },
)

/** A user wanted to do what they may not. */
export const permissionDenied = auditCall(({ action, reason, ...entry }: DeniedEntry): boolean => {
  const message = `permission denied: ${action}`
  return saySecurity({ event: 'PERMISSION_DENIED', level: 'WARNING', message, action, status: 'DENIED' }, entry, {
    'clew.reason': reason,
  })
})

/** Somebody who is not logged in wanted what takes a login. */
export const unauthenticatedAccess = auditCall(({ action, reason, ...entry }: UnauthenticatedEntry): boolean => {
  const message = 'unauthenticated access'
  return saySecurity({ event: 'UNAUTHENTICATED_ACCESS', level: 'WARNING', message, action, status: 'DENIED' }, entry, {
    'clew.reason': reason,
  })
})

/** One security event with the attributes of its kind. */
export function saySecurity(kind: SecurityKind, entry: AuditEntry, fields?: Fields): boolean {
  return auditChannel.say({ component: COMPONENT, ...kind, entry, fields })
}
