import { bulkUpload, scheduled, textExtraction, upload, validationFailed } from './content-action.ts'
import { adminOperation, created, dataAccess, deleted, listed, read, updated } from './resource-action.ts'
import { permissionDenied, securityEvent, unauthenticatedAccess } from './security-event.ts'
import { sessionCreated, sessionEnded } from './session-event.ts'
import { login, loginFailed, logout, registered, tokenCreated, tokenRevoked } from './sign-in.ts'
import { defineAction, userAction } from './user-action.ts'

export { auditChannel, type AuditFailure } from './audit-channel.ts'
export type { ActionEntry, ActionStatus, AuditEntry, AuditUser } from './audit-entry.ts'
export { AuditError } from './audit-error.ts'
export { FailureWatch, type FailureWatchSettings } from './failure-watch.ts'
export { watchFailures } from './suspicious-activity.ts'
export type { SecurityEntry, SecurityEventName } from './security-event.ts'
export { emitEvent } from './emit-event.ts'
export { system } from './system-event.ts'

/**
 * Who did what: records on a channel of their own, past levels, sampling and limits, written at once. Each call answers whether its record was written where it outlives the process; where it was
 * not, there is a note, or with `audit.onFailure: 'throw'` an AuditError.
 */
export const audit = Object.freeze({
  userAction,
  defineAction,
  login,
  loginFailed,
  logout,
  registered,
  tokenCreated,
  tokenRevoked,
  permissionDenied,
  unauthenticatedAccess,
  securityEvent,
  sessionCreated,
  sessionEnded,
  upload,
  bulkUpload,
  textExtraction,
  validationFailed,
  scheduled,
  created,
  read,
  listed,
  updated,
  deleted,
  dataAccess,
  adminOperation,
})
