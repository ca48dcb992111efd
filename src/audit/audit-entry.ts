import type { Fields } from '../otlp/index.ts'

/** Who did something. */
export interface AuditUser {
  readonly id: string
  readonly email?: string | undefined
  readonly role?: string | readonly string[] | undefined
}

export type ActionStatus = 'SUCCESS' | 'FAILED' | 'DENIED'

/** What every call of the audit channel may be told. What is not given comes from the request or session one is in, where it is known there. */
export interface AuditEntry {
  /** The user, or the user's id. */
  readonly user?: AuditUser | string | undefined
  /** The organisation (tenant) on whose behalf it was done. */
  readonly organization?: string | undefined
  readonly sessionId?: string | undefined
  /** The client's address. */
  readonly ip?: string | undefined
  readonly userAgent?: string | undefined
  /** What people read. @default made from the action and its status */
  readonly message?: string | undefined
  /** Anything else, made safe and free of secrets like all fields. */
  readonly details?: Fields | undefined
  /** Why it failed. */
  readonly error?: unknown
}

/** An entry of something that can go well or not. */
export interface ActionEntry extends AuditEntry {
  readonly status?: ActionStatus | undefined
}
