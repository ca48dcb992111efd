import { ATTRIBUTE } from '../fields/index.ts'
import type { LogEntry } from '../otlp/decode-entry.ts'
import { columnText } from './attribute-text.ts'
import { knownSeverity, rankOfSeverity } from './level.ts'
import type { LogFilter } from './log-store.ts'
import { hasWords } from './record-words.ts'

const { request_id: REQUEST_ID, session_id: SESSION_ID, tenant_id: TENANT_ID, user_id: USER_ID } = ATTRIBUTE

/** Whether a record that was just stored is one that a search with this filter would find. */
export function matches(entry: LogEntry, filter: LogFilter): boolean {
  const rank = rankOfSeverity(knownSeverity(entry.severityNumber, entry.severityText))
  const attributes = entry.attributes
  return (
    (filter.ranks?.includes(rank) ?? true) &&
    (filter.components?.includes(entry.scope.name) ?? true) &&
    isOrOpen(filter.service, entry.resource.service) &&
    isOrOpen(filter.event, entry.eventName) &&
    isOrOpen(filter.sessionId, columnText(attributes[SESSION_ID])) &&
    isOrOpen(filter.userId, columnText(attributes[USER_ID])) &&
    isOrOpen(filter.tenantId, columnText(attributes[TENANT_ID])) &&
    isOrOpen(filter.requestId, columnText(attributes[REQUEST_ID])) &&
    isOrOpen(filter.traceId, entry.traceId) &&
    entry.timeMillis >= (filter.fromMillis ?? Number.NEGATIVE_INFINITY) &&
    entry.timeMillis < (filter.toMillis ?? Number.POSITIVE_INFINITY) &&
    (filter.words === undefined || filter.words.length === 0 || hasWords(entry, filter.words))
  )
}

function isOrOpen(wanted: string | undefined, found: string | null): boolean {
  return wanted === undefined || wanted === found
}
