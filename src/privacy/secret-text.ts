import { withoutSchemeCredentials } from './auth-scheme.ts'
import { withoutFlagSecrets, withoutUserFlags } from './command-flags.ts'
import { withoutEncodedSecrets } from './encoded-pairs.ts'
import { withoutListedSecrets } from './listed-secrets.ts'
import { withoutLogins } from './login-at-host.ts'
import { withoutPrivateKeys } from './private-key.ts'
import { withoutQuotedPasswords } from './quoted-passwords.ts'
import { STEMS } from './secret-key.ts'
import { withoutSecretPairs } from './secret-pairs.ts'
import { TOKEN_SIGNS, withoutTokens } from './token-shapes.ts'
import { withoutUrlCredentials } from './url-credentials.ts'
import { withoutWebHooks } from './web-hooks.ts'
import { withoutElementSecrets } from './xml-elements.ts'

const BY_FORM = `B(?:earer|asic|EARER|ASIC)[ \\t]|${TOKEN_SIGNS}`
const MAY_HOLD_FORM = new RegExp(BY_FORM)

/**
 * Finds where a secret may be: one look, since it is asked of every string of every record. Each way in which secrets stand in text has a character that is rare in prose, and
 * only for those does the engine stop. It would for each character if letters that are not rare began an alternative.
 */
const SIGNS = new RegExp(`[:=<"'\`]|--|${BY_FORM}`)
/** Ids and times: what has no other letters is no secret by itself. Short ones are as quick without this look. */
const PLAIN = /^[\da-fA-FTZ:.+-]+$/
const SMALL_B = 98

/** Whether a text may hold a secret; most hold none. */
export function mayHoldSecret(text: string): boolean {
  if (text.length > 20 && text.length < 40 && PLAIN.test(text)) return false
  return SIGNS.test(text) || (text.charCodeAt(0) === SMALL_B && text.startsWith('bearer '))
}

/**
 * The text without secrets, in time linear to its length. Never throws.
 * @param cut the text is the beginning of a longer one: half a secret at its end is left out too
 */
export function withoutSecrets(text: string, cut: boolean): string {
  let safe = text.includes('-u') ? withoutUserFlags(text) : text
  if (cut || safe.includes('@') || safe.includes('%40')) safe = withoutUrlCredentials(safe, cut)
  const named = STEMS.test(safe)
  if (named) safe = withoutNamedSecrets(safe)
  if (safe.includes('@')) safe = withoutLogins(safe)
  if (safe.includes('hook')) safe = withoutWebHooks(safe)
  return cut || named || MAY_HOLD_FORM.test(safe) ? withoutTokens(withoutSchemeCredentials(safe, cut), cut) : safe
}

/** What is told by its name, in whatever way the name stands before it. */
function withoutNamedSecrets(text: string): string {
  let safe = withoutPrivateKeys(text)
  if (/["'`]/.test(safe)) safe = withoutListedSecrets(withoutQuotedPasswords(safe))
  safe = withoutSecretPairs(safe)
  if (safe.includes('--')) safe = withoutFlagSecrets(safe)
  if (safe.includes('</')) safe = withoutElementSecrets(safe)
  return withoutEncodedSecrets(safe)
}
