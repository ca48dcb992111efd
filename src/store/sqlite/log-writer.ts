import type { StatementSync } from 'node:sqlite'
import { ATTRIBUTE } from '../../fields/index.ts'
import type { LogEntry } from '../../otlp/decode-entry.ts'
import { attributeText, columnText } from '../attribute-text.ts'
import { knownSeverity, rankOfSeverity } from '../level.ts'
import { foldedRecord } from '../record-words.ts'
import { messageOf } from '../stored-log.ts'
import type { Database } from './database.ts'
import type { LogCounts } from './log-counts.ts'
import type { Names } from './names.ts'
import { type RecordIds, millisOfId } from './record-ids.ts'
import type { SessionWriter } from './session-writer.ts'
import { componentToken, serviceToken, sessionToken } from './word-query.ts'

const {
  uid: RECORD_UID,
  request_id: REQUEST_ID,
  session_id: SESSION_ID,
  tenant_id: TENANT_ID,
  user_id: USER_ID,
} = ATTRIBUTE
const INSERT_LOG = 'insert into logs values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
const INSERT_WORDS = 'insert into log_words (rowid, words) values (?, ?)'

/** What a written record changes besides. */
export interface LogWriterParts {
  readonly ids: RecordIds
  readonly names: Names
  readonly counts: LogCounts
  readonly sessions: SessionWriter
}

/** Writes records inside the caller's transaction. */
export class LogWriter {
  readonly #ids: RecordIds
  readonly #names: Names
  readonly #counts: LogCounts
  readonly #sessions: SessionWriter
  readonly #insertLog: StatementSync
  readonly #insertWords: StatementSync

  constructor(database: Database, { ids, names, counts, sessions }: LogWriterParts) {
    this.#ids = ids
    this.#names = names
    this.#counts = counts
    this.#sessions = sessions
    this.#insertLog = database.prepareWrite(INSERT_LOG)
    this.#insertWords = database.prepareWrite(INSERT_WORDS)
  }

  /** The record's id; undefined when it is stored already. */
  write(entry: LogEntry): number | undefined {
    const attributes = entry.attributes
    const uid = columnText(attributes[RECORD_UID])
    const id = this.#ids.assign(entry.timeMillis, uid)
    if (id === undefined) return undefined
    const severity = knownSeverity(entry.severityNumber, entry.severityText)
    const resourceId = this.#names.resourceId(entry.resource)
    const scopeId = this.#names.scopeId(entry.scope)
    const message = messageOf(entry.body, entry.eventName)
    const text = attributeText(attributes)
    const sessionId = columnText(attributes[SESSION_ID])
    this.#insertLog.run(
      id,
      (entry.timeMillis - millisOfId(id)) * 1_000_000 + entry.timeNanos,
      severity,
      scopeId,
      resourceId,
      message,
      entry.eventName === '' ? null : entry.eventName,
      sessionId,
      columnText(attributes[USER_ID]),
      columnText(attributes[TENANT_ID]),
      columnText(attributes[REQUEST_ID]),
      idBytes(entry.traceId),
      idBytes(entry.spanId),
      uid,
      entry.severityText === '' ? null : entry.severityText,
      text.json,
    )
    this.#insertWords.run(id, searchableText(entry, message, text.words, sessionId))
    this.#counts.add(id, scopeId, resourceId, rankOfSeverity(severity), entry.traceId !== '')
    this.#sessions.sawLog(entry, sessionId, resourceId)
    return id
  }
}

/** Lower-case hex as bytes, null for none. */
export function idBytes(hex: string): Buffer | null {
  return hex === '' ? null : Buffer.from(hex, 'hex')
}

function searchableText(entry: LogEntry, message: string, values: string, sessionId: string | null): string {
  let text = `${foldedRecord(entry, message, values)} ${componentToken(entry.scope.name)}`
  if (entry.resource.service !== null) text += ` ${serviceToken(entry.resource.service)}`
  return sessionId === null ? text : `${text} ${sessionToken(sessionId)}`
}
