import { createHmac, randomBytes } from 'node:crypto'
import type { PrivacyRule } from './privacy-settings.ts'
import { REDACTED } from './redacted.ts'

/** What goes out instead of a text; undefined is nothing at all. Never throws. */
export type TextAction = (text: string) => string | undefined

const HASH_DIGITS = 16
const KEPT = 2

/** Makes the actions of rules; all of one have the same key, so that equal values have equal hashes. */
export class RuleActions {
  readonly #hashKey: string | Uint8Array

  constructor(hashKey: string | undefined) {
    this.#hashKey = hashKey ?? randomBytes(32)
  }

  /** @param name of the rule, shown in its mask */
  create(rule: PrivacyRule, name?: string): TextAction {
    const { action, first = KEPT, last = KEPT } = typeof rule === 'string' ? { action: rule } : rule
    const mask = name === undefined ? REDACTED : `[REDACTED ${name}]`
    switch (action) {
      case 'remove':
        return () => undefined
      case 'hash':
        return (text) => `hmac:${createHmac('sha256', this.#hashKey).update(text).digest('hex').slice(0, HASH_DIGITS)}`
      case 'truncate':
        return (text) => truncated(text, first, last)
      case 'length':
        return (text) => `[${text.length} characters]`
      default:
        return () => mask
    }
  }
}

/** Shows no more than half of a text. */
function truncated(text: string, first: number, last: number): string {
  return (first + last) * 2 > text.length ? REDACTED : `${text.slice(0, first)}…${text.slice(text.length - last)}`
}
