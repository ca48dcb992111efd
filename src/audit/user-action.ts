import { auditCall } from './audit-call.ts'
import type { LevelName } from '../logging/index.ts'
import type { Fields } from '../otlp/index.ts'
import { auditChannel } from './audit-channel.ts'
import type { ActionEntry, ActionStatus } from './audit-entry.ts'

const COMPONENT = 'audit'
/** The event of every user action; `clew.action` says which. */
export const USER_ACTION = 'USER_ACTION'

const LEVEL_OF: Readonly<Record<ActionStatus, LevelName>> = { SUCCESS: 'INFO', FAILED: 'WARNING', DENIED: 'WARNING' }

/** An action of a user's by its name. */
export interface UserActionEntry extends ActionEntry {
  /** What was done: `resume_upload`. */
  readonly action: string
}

/**
 * Says that a user did something.
 * @returns whether it was written where it outlives the process
 * @throws AuditError when it was not, and `audit.onFailure` is `throw`
 */
export const userAction = auditCall(({ action, ...entry }: UserActionEntry): boolean => {
  return sayAction(action, entry)
})

/** One user action with the attributes of its kind; SUCCESS, or FAILED where there is an error, unless told otherwise. */
export function sayAction(action: string, entry: ActionEntry, fields?: Fields): boolean {
  const status = entry.status ?? (entry.error === undefined ? 'SUCCESS' : 'FAILED')
  const message = `${action} ${status}`
  return auditChannel.say({
    component: COMPONENT,
    event: USER_ACTION,
    level: LEVEL_OF[status] ?? 'INFO',
    message,
    action,
    status,
    entry,
    fields,
  })
}

/**
 * An action of the application's own, with details of a type of its own.
 * @example const resumeUpload = defineAction<{ fileName: string; size: number }>('resume_upload')
 * resumeUpload({ user, details: { fileName: 'cv.pdf', size: 12_000 } })
 */
export function defineAction<Details extends Fields>(
  action: string,
): (entry: Omit<ActionEntry, 'details'> & { readonly details: Details }) => boolean {
  return auditCall((entry) => sayAction(action, entry))
}
