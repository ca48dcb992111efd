import { isSecretKey } from './secret-key.ts'
import { withoutUrlCredentials } from './url-credentials.ts'

export { REDACTED } from './url-credentials.ts'

/** Takes secrets out of what a program says: by the name of a key, and by pattern in text. Pure; never throws. */
export interface Redactor {
  /** Whether the value under this key must not leave the process. Without a value: whether some value must not. */
  isSecretKey(key: string, value?: unknown): boolean
  /**
   * The text without the credentials of the URLs in it, in time linear to its length.
   * @param cut the text is the beginning of a longer one: half a credential at its end is left out too
   */
  text(text: string, cut?: boolean): string
}

/** The redactor that is on by default (P1): secret key names, and credentials in URLs. */
export function createRedactor(): Redactor {
  return { isSecretKey, text: (text, cut = false) => withoutUrlCredentials(text, cut) }
}
