/** What stands where a secret was. */
export const REDACTED = '[REDACTED]'

/** Names whose value is a secret, compared without case and punctuation, wherever they stand in a key. */
const SECRET_PARTS = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'apikey',
  'accesskey',
  'privatekey',
  'signingkey',
  'encryptionkey',
  'authorization',
  'cookie',
  'credential',
  'authtoken',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'sessiontoken',
  'csrftoken',
  'bearer',
]

/** Names that are a secret as a whole or as a key's last word, but not inside longer words (`tokens_used`, `pwd_changed_at`). */
const SECRET_ENDS = ['token', 'pwd', 'jwt', 'sessionkey', 'pin', 'cvv', 'cvc', 'ssn']

const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]{1,31}:\/\/)([^\s/?#"'<>@]*:[^\s/?#"'<>]*|[^\s/?#"'<>@:]+)@/gi

/** Takes secrets out of what a program says: by the name of a key, and by pattern in text. Pure; never throws. */
export interface Redactor {
  /** Whether the value under this key must not leave the process. */
  isSecretKey(key: string): boolean
  /** The text without the credentials of the URLs in it. */
  text(text: string): string
}

function words(key: string): string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}

function isSecretKey(key: string): boolean {
  const all = words(key)
  const joined = all.join('')
  if (SECRET_PARTS.some((part) => joined.includes(part))) return true
  const last = all[all.length - 1] ?? ''
  const lastTwo = (all[all.length - 2] ?? '') + last
  return SECRET_ENDS.some((end) => last === end || lastTwo === end)
}

/** The redactor that is on by default (P1): secret key names, and credentials in URLs. */
export function createRedactor(): Redactor {
  return {
    isSecretKey,
    text: (text) => (text.includes('://') ? text.replace(URL_CREDENTIALS, `$1${REDACTED}@`) : text),
  }
}
