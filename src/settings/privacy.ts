import { DEFAULT_PRIVACY, type PrivacySettings } from '../privacy/index.ts'
import type { PrivacyOptions } from './options.ts'

const MIN_HASH_KEY_LENGTH = 16
export const HASH_KEY_ALLOWED = `${MIN_HASH_KEY_LENGTH} characters or more`

/** Whether a key is long enough not to be guessed. */
export function isHashKey(key: string): boolean {
  return key.length >= MIN_HASH_KEY_LENGTH
}

/** The rules that a user asks for, with the defaults of the rest. */
export function resolvePrivacy(options: PrivacyOptions): PrivacySettings {
  const { keys, patterns = [], personalData = [], contents, exempt, hashKey } = options
  return {
    keys: keys ?? DEFAULT_PRIVACY.keys,
    patterns: patterns.map(({ pattern, name, action = 'mask' }) => ({ pattern: new RegExp(pattern), name, action })),
    personalData: byKind(personalData),
    contents: contents ?? DEFAULT_PRIVACY.contents,
    exempt: exempt ?? DEFAULT_PRIVACY.exempt,
    hashKey,
  }
}

function byKind(asked: NonNullable<PrivacyOptions['personalData']>): PrivacySettings['personalData'] {
  return isList(asked) ? Object.fromEntries(asked.map((kind) => [kind, 'mask'])) : asked
}

/** `Array.isArray` does not tell a read-only list. */
function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
