import { ATTRIBUTE } from '../fields/index.ts'
import type { Attributes, LogEntry } from '../otlp/decode-entry.ts'
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
    sessionId: take(ATTRIBUTE.session_id),
    userId: take(ATTRIBUTE.user_id),
    tenantId: take(ATTRIBUTE.tenant_id),
    requestId: take(ATTRIBUTE.request_id),
    traceId: entry.traceId === '' ? null : entry.traceId,
    spanId: entry.spanId === '' ? null : entry.spanId,
    uid: take(ATTRIBUTE.uid),
    attributes,
  })
}
