/** Words that name a secret wherever they stand in a key, also inside a longer word (`dbpassword`). */
const ANYWHERE = [
  'pass_?w(?:or)?d',
  'pass_?phrase',
  'pass_?code',
  'secret(?!ar[iy])',
  '(?:access|account|api|app(?:lication)?|auth(?:entication)?|cert|consumer|deploy|encryption|functions|hmac|host|master|priv(?:ate|acy)?|server|shared|signing|ssh|storage|subscription|webhook)_?keys?(?![a-z])',
  '(?:community|connection)_?strings?',
  'authori[sz]ation',
  'cookie',
  'credential',
  'bearer',
  '(?:access|auth|csrf|refresh|session|xsrf)_?token',
  '_id_?token',
  'mnemonic',
]

/** What names a secret at the end of a key, but not inside longer ones (`pwd_changed_at`, `auth_method`, `compass`, `tokens_used`). */
const LAST = [
  '_(?:pass|pwd|pw|jwt|authz?|otp|totp|signature|sig|sas|pin|cvv|cvc|ssn)',
  'token',
  '^_tokens',
  '_(?:api|bot|device|push|user)_tokens',
  'session_?key',
  '_(?:recovery|seed)_?phrases?',
  '(?:auth|mfa|otp|recovery)_?codes?',
]

/**
 * A text in which none of these stands holds no key that names a secret, nor what else is told by its name. Most are told by this one look.
 */
export const STEMS =
  /pass|pw|secret|key|token|auth|cookie|cred|bearer|basic|jwt|otp|sig|sas|pin|cv[vc]|ssn|mfa|phrase|recovery|connect|community|identified|mnemonic/i
const SECRET = new RegExp(`${ANYWHERE.join('|')}|(?:${LAST.join('|')})$`)

/** What a key tells of its values: a secret; a secret unless it is a count (`tokens`: a list of them, or how many). */
export type Secrecy = 'secret' | 'unless counted'

/** Whether the values under a key must not leave the process, by its words; case and punctuation don't count, nor do digits at its end (`apiToken1`). */
export function secrecyOf(key: string): Secrecy | undefined {
  if (!STEMS.test(key)) return undefined
  const words = keyWords(key)
  if (!SECRET.test(words)) return undefined
  return words.endsWith('tokens') ? 'unless counted' : 'secret'
}

/** `_access_token` for `accessToken`, `ACCESS-TOKEN`, `access[token]` and `access.token[2]`. */
export function keyWords(key: string): string {
  const words = key
    .replace(/%5[bd]/gi, '_')
    .replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/(?<![_\d])[_\d]+$/, '')
  return words.startsWith('_') ? words : `_${words}`
}

const MAX_COUNTS = 32

/** Whether a value says how many there are, not what they are: a number, nothing, or an object of numbers. Never throws. */
export function isCount(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'string'
  try {
    if (Array.isArray(value)) return false
    const counts = Object.values(value)
    return counts.length > 0 && counts.length <= MAX_COUNTS && counts.every((one) => typeof one === 'number')
  } catch {
    return false
  }
}
