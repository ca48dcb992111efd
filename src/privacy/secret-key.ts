/** Names whose value is a secret, compared without case and punctuation, wherever they stand in a key. */
const SECRET_PARTS = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'secret',
  'apikey',
  'accesskey',
  'privatekey',
  'signingkey',
  'encryptionkey',
  'connectionstring',
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

/** Names that are a secret as a whole or as a key's last word, but not inside longer words (`tokens_used`, `pwd_changed_at`, `auth_method`, `compass`). */
const SECRET_ENDS = new Set([
  'token',
  'pass',
  'pwd',
  'pw',
  'jwt',
  'auth',
  'otp',
  'signature',
  'sessionkey',
  'pin',
  'cvv',
  'cvc',
  'ssn',
])

/**
 * Whether the value under a key must not leave the process, by the words of the key; digits at its end don't count (`apiToken1`).
 * `tokens` alone may be a list of them or a count: a number is no secret there.
 */
export function isSecretKey(key: string, value?: unknown): boolean {
  const all = words(key)
  const joined = all.join('')
  if (SECRET_PARTS.some((part) => joined.includes(part))) return true
  const last = (all[all.length - 1] ?? '').replace(/\d+$/, '')
  if (last === 'tokens' && all.length === 1) return typeof value !== 'number' && typeof value !== 'bigint'
  return SECRET_ENDS.has(last) || SECRET_ENDS.has((all[all.length - 2] ?? '') + last)
}

function words(key: string): string[] {
  const all = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  while (all.length > 1 && /^\d+$/.test(all[all.length - 1] as string)) all.pop()
  return all
}
