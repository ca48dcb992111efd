import { ATTRIBUTE } from '../../fields/index.ts'
import type { Attributes, LogEntry } from '../../otlp/decode-entry.ts'
import { INSTANCE_EVENTS, SESSION_EVENTS } from '../session/websocket-fields.ts'
import type { Database, SqlRow } from './database.ts'
import { logCondition } from './log-condition.ts'
import { hexOf } from './log-reader.ts'
import type { Names } from './names.ts'
import { millisOfId } from './record-ids.ts'
import type { SessionWriter } from './session-writer.ts'

/** Makes the sessions, and the instances, of a file that had none of the records it has. */
export function fillInSessions(database: Database, names: Names, writer: SessionWriter): void {
  database.exec('begin immediate')
  for (const event of [...Object.values(SESSION_EVENTS), ...Object.values(INSTANCE_EVENTS)]) {
    const condition = logCondition(database, { event })
    if (condition === undefined) continue
    const sql = `select l.* from ${condition.from} order by ${condition.id}`
    for (const row of database.all(sql, ...condition.values)) {
      const resourceId = row['resource_id'] as number
      writer.sawLog(entryOf(row, names), row['session_id'] as string | null, resourceId)
    }
  }
  writer.finish()
  database.exec('commit')
}

/** As much of the entry as sessions are made of. */
function entryOf(row: SqlRow, names: Names): LogEntry {
  const resourceId = row['resource_id'] as number
  const nanos = row['nanos'] as number
  const attributes = row['attributes'] === null ? {} : (JSON.parse(row['attributes'] as string) as Attributes)
  const columns = { [ATTRIBUTE.user_id]: row['user_id'], [ATTRIBUTE.tenant_id]: row['tenant_id'] }
  for (const [key, value] of Object.entries(columns)) if (typeof value === 'string') attributes[key] = value
  return {
    resource: { service: names.service(resourceId), attributes: names.resourceAttributes(resourceId) },
    scope: { name: '', version: '', attributes: {} },
    timeMillis: millisOfId(row['id'] as number),
    timeNanos: nanos,
    severityNumber: row['severity'] as number,
    severityText: '',
    eventName: row['event'] as string,
    body: null,
    attributes,
    traceId: hexOf(row['trace_id']) ?? '',
    spanId: hexOf(row['span_id']) ?? '',
  }
}
