import type { JsonValue } from '../otlp/decode-entry.ts'

const NOT_ASCII = /[^\0-\u007f]/
const MARKS = /\p{M}+/gu
const NOT_WORD = /[^\p{L}\p{N}]+/gu
/** Scripts written without spaces: each character is a word. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu
const SEPARATOR = /[^a-z0-9\u0080-\u{10ffff}]+/u

/**
 * Text in the form in which words are compared, but for the case of ASCII letters, which SQLite's tokenizer folds: no accents;
 * beyond ASCII lower case, and only letters and digits are left. What then separates words is any ASCII character that is neither letter nor digit: SQLite's `ascii` tokenizer agrees.
 */
export function foldText(text: string): string {
  if (!NOT_ASCII.test(text)) return text
  return text.toLowerCase().normalize('NFKD').replace(MARKS, '').replace(NOT_WORD, ' ').replace(UNSPACED, ' $& ')
}

/** The words of a text, folded, each once. */
export function wordsOf(text: string): string[] {
  return [...new Set(foldText(text).toLowerCase().split(SEPARATOR))].filter((word) => word !== '')
}

/** What of an attribute's value can be found: text and whole numbers, also inside lists and maps. */
export function searchText(value: JsonValue): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : ''
  if (value === null || typeof value !== 'object') return ''
  const values = Array.isArray(value) ? value : Object.values(value)
  return values.map(searchText).join(' ')
}
