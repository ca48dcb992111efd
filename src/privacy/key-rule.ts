/** What becomes of the values under a key that has a rule. */
export interface KeyRule {
  /** Whether the rule is for this value: `tokens` may be a list of them, or a count. Never throws. */
  covers(value: unknown): boolean
  /** What goes out instead of the value; undefined leaves the field out. Never throws. */
  replace(value: unknown): string | undefined
}
