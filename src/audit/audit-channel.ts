import { activeContext, fieldScope } from '../context/index.ts'
import { knownLevel, pipeline, SEVERITY, type LevelName } from '../logging/index.ts'
import type { Fields } from '../otlp/index.ts'
import { describeError, ownFields, plainText } from '../values/index.ts'
import { AuditError } from './audit-error.ts'
import type { ActionStatus, AuditEntry, AuditUser } from './audit-entry.ts'

/** What becomes of a call whose record could not be written where it outlives the process. */
export type AuditFailure = 'throw' | 'note'

/** How the audit channel is set up while clew runs. */
export interface AuditChannelSettings {
  readonly onFailure: AuditFailure
  /** Hears of records that could not be written. */
  readonly failed: (event: string) => void
  /** Hears of every security event. */
  readonly watch: ((event: string, known: Fields) => void) | undefined
}

/** One record of the audit channel. */
export interface AuditRecord {
  readonly component: string
  readonly event: string
  readonly level: LevelName
  readonly message: string
  readonly action?: string | undefined
  readonly status?: ActionStatus | undefined
  readonly entry: AuditEntry
  /** Attributes that belong to this kind of event. */
  readonly fields?: Fields | undefined
}

/** The way of audit records to the outputs: past levels, sampling and limits. One for the process. */
class AuditChannel {
  #settings: AuditChannelSettings | undefined
  #unwritten = 0

  /** Records that could not be written since the start. */
  get unwritten(): number {
    return this.#unwritten
  }

  start(settings: AuditChannelSettings): void {
    this.#settings = settings
    this.#unwritten = 0
  }

  stop(): void {
    this.#settings = undefined
  }

  /**
   * Says one record.
   * @returns whether it was written where it outlives the process
   * @throws AuditError when it was not, and `onFailure` is `throw`
   */
  say(record: AuditRecord): boolean {
    let written = false
    pipeline.guard(() => {
      const known = knownOf(record)
      const level = knownLevel(record.level, 'WARNING')
      written = pipeline.emit({
        component: pipeline.components.get(record.component),
        severityNumber: SEVERITY[level],
        severityText: level,
        body: record.entry.message ?? record.message,
        eventName: record.event,
        fields: { ...auditedFields(), ...ownFields(record.entry.details), ...record.fields, ...known },
        error: record.entry.error,
        audit: true,
      })
      this.#settings?.watch?.(record.event, { ...contextFields(), ...known })
    })
    return written || this.#fail(record.event)
  }

  /** Takes note of a call that can't be understood. @returns false */
  unreadable(error: unknown): boolean {
    return this.#fail(`of a call that can't be understood (${describeError(error)})`)
  }

  #fail(event: string): boolean {
    if (this.#settings === undefined) return false
    this.#unwritten++
    this.#settings.failed(event)
    if (this.#settings.onFailure === 'throw') throw new AuditError(event)
    return false
  }
}

function contextFields(): Fields | undefined {
  return fieldScope(activeContext())?.current().fields
}

/** What the request or session tells audit records alone; what is bound wins. */
function auditedFields(): Fields {
  const scope = fieldScope(activeContext())
  const bound = scope?.current().fields
  return Object.fromEntries(Object.entries(scope?.audited ?? {}).filter(([key]) => bound?.[key] === undefined))
}

/** The attributes of the field map; those that nobody gave are left to the context. */
function knownOf({ entry, action, status }: AuditRecord): Fields {
  const { id, email, role } = userOf(entry.user)
  return defined({
    'user.id': id,
    'user.email': email,
    'user.roles': typeof role === 'string' ? [role] : role,
    'clew.tenant.id': entry.organization,
    'session.id': entry.sessionId,
    'client.address': entry.ip,
    'user_agent.original': entry.userAgent,
    'clew.action': action === undefined ? undefined : plainText(action),
    'clew.status': status,
  })
}

function userOf(user: AuditUser | string | undefined): Partial<AuditUser> {
  return typeof user === 'string' ? { id: user } : (user ?? {})
}

function defined(fields: Record<string, unknown>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

export const auditChannel = new AuditChannel()
