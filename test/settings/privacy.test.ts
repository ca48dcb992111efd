import { describe, expect, test } from 'vitest'
import { DEFAULT_PRIVACY } from '../../src/privacy/index.ts'
import { resolveSettings, type InitOptions } from '../../src/settings/index.ts'

const KEY = '0123456789abcdef'
const resolve = (privacy: unknown, environment: Record<string, string> = {}) =>
  resolveSettings({ privacy } as InitOptions, environment)

test('by default secrets are hidden, long contents shortened, and no personal data is looked for', () => {
  expect(resolve(undefined).settings.privacy).toEqual(DEFAULT_PRIVACY)
  expect(resolve({}).settings.privacy).toEqual(DEFAULT_PRIVACY)
})

test('a list of personal data masks them, expressions may be texts', () => {
  const patterns = [{ pattern: 'ORD-\\d+' }, { pattern: /x+/i, name: 'x', action: 'hash' }]
  expect(resolve({ personalData: ['email', 'ip'], patterns, exempt: [], contents: false }).settings.privacy).toEqual({
    keys: {},
    patterns: [
      { pattern: /ORD-\d+/, name: undefined, action: 'mask' },
      { pattern: /x+/i, name: 'x', action: 'hash' },
    ],
    personalData: { email: 'mask', ip: 'mask' },
    contents: false,
    exempt: [],
    hashKey: undefined,
  })
  expect(resolve({ personalData: { email: 'hash' } }).settings.privacy.personalData).toEqual({ email: 'hash' })
})

test('the hash key is that of the code, then that of the environment', () => {
  expect(resolve({ hashKey: KEY }, { CLEW_PRIVACY_KEY: KEY.toUpperCase() }).settings.privacy.hashKey).toBe(KEY)
  expect(resolve({}, { CLEW_PRIVACY_KEY: KEY }).settings.privacy.hashKey).toBe(KEY)
})

test('a hash key in the environment that is too short is said, not shown and not used', () => {
  const { settings, mistakes } = resolve({}, { CLEW_PRIVACY_KEY: 'hunter2' })
  expect(settings.privacy.hashKey).toBeUndefined()
  expect(mistakes).toEqual([
    { where: 'CLEW_PRIVACY_KEY', found: "a value that can't be read", allowed: '16 characters or more' },
  ])
})

describe('a mistake is said with its place:', () => {
  const actions = 'remove, mask, hash, truncate, length, or { action, first, last }'

  test.each([
    [{ keys: { a: 'hide' } }, `init({ privacy.keys.a }): found "hide"; allowed: ${actions}`],
    [{ keys: { a: { first: 2 } } }, `init({ privacy.keys.a.action }): found nothing; allowed: ${actions}`],
    [
      { keys: { a: { action: 'truncate', first: -1 } } },
      'init({ privacy.keys.a.first }): found -1; allowed: a number of characters, 0 to 64',
    ],
    [
      { personalData: ['mail'] },
      'init({ privacy.personalData.0 }): found "mail"; allowed: a list of email, phone, card, iban, ip, or an object of rules by these names',
    ],
    [{ personalData: { email: 'hide' } }, `init({ privacy.personalData.email }): found "hide"; allowed: ${actions}`],
    [{ personalData: { fax: 'mask' } }, 'init({ privacy.personalData.fax }): found an option that clew does not have'],
    [
      { patterns: [{ pattern: '(' }] },
      'init({ privacy.patterns.0.pattern }): found "("; allowed: a regular expression that does not match empty text',
    ],
    [{ patterns: [{ pattern: /x*/ }] }, 'allowed: a regular expression that does not match empty text'],
    [{ patterns: [{ name: 'x' }] }, 'found nothing; allowed: a list of { pattern, name, action }'],
    [{ contents: 'no' }, 'init({ privacy.contents }): found "no"; allowed: true or false'],
    [{ exempt: 'user.email' }, 'init({ privacy.exempt }): found "user.email"; allowed: a list of names of fields'],
    [{ hashKey: 'hunter2' }, "init({ privacy.hashKey }): found a value that can't be read; allowed: 16 characters"],
    [{ mask: true }, 'init({ privacy.mask }): found an option that clew does not have'],
  ])('%j', (privacy, message) => {
    expect(() => resolve(privacy)).toThrow(message)
    expect(() => resolve(privacy)).not.toThrow('hunter2')
  })
})
