/** How much of one value is kept. What is cut is marked in the value itself. */
export interface ValueLimits {
  /** Longest string, in UTF-16 units. */
  readonly maxStringLength: number
  /** Deepest nesting of arrays and objects. */
  readonly maxDepth: number
  /** Most entries of one array or object. */
  readonly maxEntries: number
  /** Most values in one tree. */
  readonly maxNodes: number
}

export const DEFAULT_LIMITS: ValueLimits = Object.freeze({
  maxStringLength: 32_768,
  maxDepth: 8,
  maxEntries: 256,
  maxNodes: 4_096,
})

/** The string, or its beginning with a mark of how much was cut. */
export function boundedString(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  return `${text.slice(0, maxLength)}…[${text.length - maxLength} more characters cut]`
}
