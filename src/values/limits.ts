/** How much of one value is kept. What is cut is marked in the value itself. */
export interface ValueLimits {
  /** Longest string, in UTF-16 units. */
  readonly maxStringLength: number
  /** Longest text of all strings and keys in one tree together, in UTF-16 units, and of all bytes. Passed by one string at most. */
  readonly maxTotalLength: number
  /** Deepest nesting of arrays and objects. */
  readonly maxDepth: number
  /** Most entries of one array or object. */
  readonly maxEntries: number
  /** Most values in one tree. */
  readonly maxNodes: number
}

export const DEFAULT_LIMITS: ValueLimits = Object.freeze({
  maxStringLength: 32_768,
  maxTotalLength: 262_144,
  maxDepth: 8,
  maxEntries: 256,
  maxNodes: 4_096,
})

/** The field that says how many fields of a record, or of what is bound around it, were left out: there were more than `maxEntries`, or they were longer than `maxTotalLength` together. */
export const CUT_FIELDS = 'clew.cut.fields'

/** How far beyond its limit a string is searched for secrets before it is cut, so that the cut leaves no half of one. */
export const CUT_MARGIN = 1_024

/** The string, or its beginning with a mark of how much was cut. */
export function boundedString(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  return `${text.slice(0, maxLength)}${cutMark(text.length - maxLength)}`
}

/** Stands at the end of a string that was cut. */
export function cutMark(cutLength: number): string {
  return `…[${cutLength} more characters cut]`
}

const MAX_MARK_LENGTH = 48
const MARK_AT_END = /…\[\d+ more characters cut\]$/

/** Whether a string was cut to this length before and ends in its mark. */
export function isCut(text: string, maxLength: number): boolean {
  return text.length <= maxLength + MAX_MARK_LENGTH && MARK_AT_END.test(text.slice(-MAX_MARK_LENGTH))
}
