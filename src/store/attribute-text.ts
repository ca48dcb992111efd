import { ATTRIBUTE } from '../fields/index.ts'
import type { Attributes, JsonValue } from '../otlp/decode-entry.ts'
import { searchText } from './search-words.ts'
import { withoutNul } from './stored-log.ts'

const { uid: RECORD_UID, request_id, session_id, tenant_id, user_id } = ATTRIBUTE
const HAVE_COLUMNS = new Set<string>([RECORD_UID, request_id, session_id, tenant_id, user_id])
const quotedKeys = new Map<string, string>()
const MAX_QUOTED_KEYS = 10_000

/** What one pass over a record's attributes gives: those without a column as JSON, and the text of all values. */
export interface AttributeText {
  json: string | null
  words: string
}

/** Makes both in one pass. */
export function attributeText(attributes: Attributes): AttributeText {
  let json = ''
  let words = ''
  for (const key in attributes) {
    const value = attributes[key] as JsonValue
    if (typeof value === 'string' && key !== RECORD_UID) words += ' ' + value
    else if (typeof value !== 'boolean' && key !== RECORD_UID) words += ' ' + searchText(value)
    if (HAVE_COLUMNS.has(key) && columnText(value) !== null) continue
    json += (json === '' ? '{' : ',') + quotedKey(key) + JSON.stringify(value)
  }
  return { json: json === '' ? null : json + '}', words }
}

/** The text of an id's column; null for what is no id, which then stays an attribute. */
export function columnText(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value === '' ? null : withoutNul(value)
  return typeof value === 'number' ? String(value) : null
}

function quotedKey(key: string): string {
  let quoted = quotedKeys.get(key)
  if (quoted !== undefined) return quoted
  quoted = JSON.stringify(key) + ':'
  if (quotedKeys.size >= MAX_QUOTED_KEYS) quotedKeys.clear()
  quotedKeys.set(key, quoted)
  return quoted
}
