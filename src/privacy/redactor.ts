import { isSecretKey } from './secret-key.ts'
import { REDACTED, withoutUrlCredentials } from './url-credentials.ts'

export { REDACTED } from './url-credentials.ts'

/** What becomes of the values under a key that has a rule. */
export interface KeyRule {
  /** Whether the rule is for this value: `tokens` may be a list of them, or a count. */
  covers(value: unknown): boolean
  /** What goes out instead of the value; undefined leaves the field out. Never throws. */
  replace(value: unknown): string | undefined
}

/** Takes secrets out of what a program says: by the name of a key, and by pattern in text. Pure; never throws. */
export interface Redactor {
  /** The rule for the values under this key; undefined when there is none. To be asked once for each key, and remembered. */
  keyRule(key: string): KeyRule | undefined
  /**
   * The text without the credentials of the URLs in it, in time linear to its length.
   * @param cut the text is the beginning of a longer one: half a credential at its end is left out too
   */
  text(text: string, cut?: boolean): string
}

/** The redactor that is on by default (P1): secret key names, and credentials in URLs. */
export function createRedactor(): Redactor {
  return { keyRule: secretRule, text: (text, cut = false) => withoutUrlCredentials(text, cut) }
}

const SECRET: KeyRule = { covers: () => true, replace: () => REDACTED }
const NOT_COUNTS: KeyRule = {
  covers: (value) => typeof value !== 'number' && typeof value !== 'bigint',
  replace: () => REDACTED,
}

function secretRule(key: string): KeyRule | undefined {
  if (!isSecretKey(key)) return undefined
  return isSecretKey(key, 0) ? SECRET : NOT_COUNTS
}
