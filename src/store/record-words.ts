import type { LogEntry } from '../otlp/decode-entry.ts'
import { attributeText } from './attribute-text.ts'
import { foldText, wordsOf } from './search-words.ts'
import { messageOf } from './stored-log.ts'

/** A record's text beyond this is stored but not found by its words. */
const MAX_CHARACTERS = 16_384

/** The text that a record is found by, folded: message, values (which ids are among), event name and trace id. */
export function foldedRecord(entry: LogEntry, message: string, values: string): string {
  const text = message + values
  const folded = foldText(text.length > MAX_CHARACTERS ? text.slice(0, MAX_CHARACTERS) : text)
  const event = entry.eventName === '' ? '' : ` ${foldText(entry.eventName)}`
  return `${folded}${event} ${entry.traceId}`
}

/** Whether each of the folded words begins a word of the record. */
export function hasWords(entry: LogEntry, words: readonly string[]): boolean {
  const values = attributeText(entry.attributes).words
  const own = wordsOf(foldedRecord(entry, messageOf(entry.body, entry.eventName), values))
  return words.every((word) => own.some((each) => each.startsWith(word)))
}
