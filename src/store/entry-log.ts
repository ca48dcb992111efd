import type { Attributes, LogEntry } from '../otlp/decode-entry.ts'
import { RECORD_UID, REQUEST_ID, SESSION_ID, TENANT_ID, USER_ID } from './attribute-names.ts'
import { columnText } from './attribute-text.ts'
import { knownSeverity, levelOfRank, rankOfSeverity } from './level.ts'
import { type StoredLog, messageOf, storedLog } from './stored-log.ts'

/** The record that the log API answers for an entry just stored under this id. */
export function entryLog(entry: LogEntry, id: string): StoredLog {
  const attributes: Attributes = { ...entry.attributes }
  const take = (key: string): string | null => {
    const text = columnText(attributes[key])
    if (text !== null) delete attributes[key]
    return text
  }
  return storedLog({
    id,
    timeMillis: entry.timeMillis,
    timeNanos: entry.timeNanos,
    level: levelOfRank(rankOfSeverity(knownSeverity(entry.severityNumber, entry.severityText))),
    component: entry.scope.name,
    service: entry.resource.service,
    message: messageOf(entry.body, entry.eventName),
    event: entry.eventName === '' ? null : entry.eventName,
    sessionId: take(SESSION_ID),
    userId: take(USER_ID),
    tenantId: take(TENANT_ID),
    requestId: take(REQUEST_ID),
    traceId: entry.traceId === '' ? null : entry.traceId,
    spanId: entry.spanId === '' ? null : entry.spanId,
    uid: take(RECORD_UID),
    attributes,
  })
}
