import { ATTRIBUTE } from '../fields/index.ts'
import type { Fields } from '../otlp/index.ts'
import { isError, ownFields, plainText, readField, THROWN_UNDEFINED } from '../values/index.ts'
import { knownLevel, SEVERITY, type LevelName } from './level.ts'
import { pipeline } from './pipeline.ts'

/** A record with every part named. */
export interface ExplicitRecord {
  readonly component: string
  readonly message: string
  /** @default 'INFO' */
  readonly level?: LevelName
  /** What was being done: `create_session`. */
  readonly operation?: string
  readonly sessionId?: string
  readonly userId?: string
  readonly tenantId?: string
  readonly requestId?: string
  readonly durationMillis?: number
  /** Any further fields. */
  readonly metadata?: Fields
}

/** An error's record; the message is the error's own when there is none. */
export interface ExplicitErrorRecord extends Omit<ExplicitRecord, 'message'> {
  readonly message?: string
}

const ATTRIBUTES = {
  operation: ATTRIBUTE.operation,
  sessionId: ATTRIBUTE.session_id,
  userId: ATTRIBUTE.user_id,
  tenantId: ATTRIBUTE.tenant_id,
  requestId: ATTRIBUTE.request_id,
  durationMillis: ATTRIBUTE.duration_ms,
} as const

/** Says one record whose parts are all named, without a logger at hand. Never throws. */
export function logOperation(record: ExplicitRecord): void {
  say(record, 'INFO', undefined)
}

/** Says one record of anything that was thrown, at ERROR unless said otherwise. Never throws. */
export function logError(error: unknown, record: ExplicitErrorRecord): void {
  say(record, 'ERROR', error === undefined ? THROWN_UNDEFINED : error)
}

function say(given: ExplicitErrorRecord, defaultLevel: LevelName, error: unknown): void {
  pipeline.guard(() => {
    const record = ownFields(given)
    const level = knownLevel((record['level'] ?? defaultLevel) as LevelName)
    const component = pipeline.components.get(plainText(record['component'] ?? 'app'))
    if (component.threshold > SEVERITY[level]) return
    pipeline.emit({
      component,
      severityNumber: SEVERITY[level],
      severityText: level,
      body: record['message'] ?? (isError(error) ? readField(error as Fields, 'message') : 'error'),
      fields: fieldsOf(record),
      error,
    })
  })
}

function fieldsOf(record: Fields): Fields {
  const fields = ownFields(record['metadata'])
  for (const [part, attribute] of Object.entries(ATTRIBUTES))
    if (record[part] !== undefined) fields[attribute] = record[part]
  return fields
}
