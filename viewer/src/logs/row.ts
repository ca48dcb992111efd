import type { LogRecord } from '../api/contract.ts'
import { textOf } from '../text/visible.ts'

const KEPT_MESSAGE = 2_000

/**
 * What the list keeps of a record: no metadata and no stack, and of a long message the beginning. The whole is read
 * again when the record is opened, so 20,000 rows stay small whatever was sent.
 */
export function rowOf(record: LogRecord): LogRecord {
  const message = textOf(record.message)
  return { ...record, message: beginning(message), metadata: null, error: null }
}

/** A slice would keep the whole string alive behind it; going through JSON makes a copy. */
function beginning(text: string): string {
  if (text.length <= KEPT_MESSAGE) return text
  return JSON.parse(JSON.stringify(`${text.slice(0, KEPT_MESSAGE)}…`)) as string
}
