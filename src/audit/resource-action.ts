import { auditCall } from './audit-call.ts'
import type { ActionEntry } from './audit-entry.ts'
import { sayAction } from './user-action.ts'

/** A thing of the application's, and what was done with it. */
export interface ResourceEntry extends ActionEntry {
  /** The kind of thing: `interview`. */
  readonly resource: string
  readonly id?: string | undefined
}

export interface ListEntry extends ActionEntry {
  readonly resource: string
  /** How many were shown. */
  readonly count?: number | undefined
}

export interface UpdateEntry extends ResourceEntry {
  /** The names of the fields that changed; not what is in them. */
  readonly changed?: readonly string[] | undefined
}

export interface DataAccessEntry extends ResourceEntry {
  /** Whose data it is: the user's id. */
  readonly subject?: string | undefined
  readonly purpose?: string | undefined
}

export interface AdminEntry extends ActionEntry {
  /** What was done: `change_role`. */
  readonly operation: string
  /** To whom or what. */
  readonly target?: string | undefined
}

/** A thing was made. */
export const created = auditCall((entry: ResourceEntry) => sayResource('create', entry))

/** A thing was looked at. */
export const read = auditCall((entry: ResourceEntry) => sayResource('read', entry))

/** Things were listed. */
export const listed = auditCall(({ count, ...entry }: ListEntry): boolean => {
  return sayResource('list', entry, { 'clew.resource.count': count })
})

/** A thing was changed. */
export const updated = auditCall(({ changed, ...entry }: UpdateEntry): boolean => {
  return sayResource('update', entry, { 'clew.resource.changed': changed })
})

/** A thing was deleted. */
export const deleted = auditCall((entry: ResourceEntry) => sayResource('delete', entry))

/** Somebody's data was read. */
export const dataAccess = auditCall(({ subject, purpose, ...entry }: DataAccessEntry): boolean => {
  return sayResource('access', entry, { 'clew.data.subject': subject, 'clew.data.purpose': purpose })
})

/** An administrator did something. */
export const adminOperation = auditCall(({ operation, target, ...entry }: AdminEntry): boolean => {
  return sayAction(operation, entry, { 'clew.admin.operation': true, 'clew.admin.target': target })
})

function sayResource(
  verb: string,
  { resource, id, ...entry }: ResourceEntry,
  fields?: Record<string, unknown>,
): boolean {
  return sayAction(`${verb}_${resource}`, entry, {
    'clew.resource.type': resource,
    'clew.resource.id': id,
    ...fields,
  })
}
