import fc from 'fast-check'
import { anyPassword, issuedSecret, opaqueKey, passphrase, password } from './secrets.ts'

/** A value that a program might log, with a secret in it. */
export interface CarriedValue {
  readonly kind: string
  readonly value: unknown
  /** None of these may be found anywhere. */
  readonly secrets: readonly string[]
}

const NAMES = ['password', 'userPassword', 'DB_PASSWORD', 'apiKey', 'x-api-key', 'Authorization', 'authorization', 'cookie', 'Set-Cookie', 'access_token', 'clientSecret', 'private_key', 'token', 'credentials', 'sessionToken'] // prettier-ignore
const HEADERS = ['Authorization', 'Proxy-Authorization', 'Cookie', 'X-Api-Key', 'X-Auth-Token', 'x-csrf-token']

class Account {
  readonly name = 'bob'
  readonly [key: string]: unknown
  constructor(name: string, secret: string) {
    Object.assign(this, { [name]: secret })
  }
}

type Build = (name: string, secret: string) => unknown

const BY_NAME: readonly Build[] = [
  (name, secret) => ({ user: 'bob', [name]: secret }),
  (name, secret) => ({ user: { profile: { [name]: secret } } }),
  (name, secret) => ({ [name]: { value: secret, since: 2020 } }),
  (name, secret) => ({ [name]: [secret, 'x'] }),
  (name, secret) => [{ a: 1 }, { [name]: secret }],
  (name, secret) => new Map<string, unknown>([['user', 'bob'], [name, secret]]), // prettier-ignore
  (name, secret) => new Map([['inner', new Map([[name, { deep: secret }]])]]),
  (name, secret) => new Set([{ [name]: secret }]),
  (name, secret) => new Account(name, secret),
  (name, secret) => ({ toJSON: () => ({ [name]: secret }) }),
  (name, secret) => Object.defineProperty({}, name, { get: () => secret, enumerable: true }),
  (name, secret) => Object.entries({ user: 'bob', [name]: secret }),
  (name, secret) => ({ name, value: secret }),
  (name, secret) => ({ value: secret, name }),
  (name, secret) => [{ key: 'user', value: 'bob' }, { key: name, value: secret }], // prettier-ignore
  (name, secret) => ({ name, values: [secret] }),
  (name, secret) => ({ body: JSON.stringify({ [name]: secret }) }),
  (name, secret) => Buffer.from(JSON.stringify({ user: 'bob', [name]: secret })),
  (name, secret) => Object.entries({ user: 'bob', [name]: secret }).flat(),
  (name, secret) => ({ type: 'field', value: secret, msg: 'Invalid value', path: name, location: 'body' }),
  (name, secret) => ({ args: ['--user', 'bob', `--${name.toLowerCase()}`, secret] }),
]

const BY_HEADER: readonly Build[] = [
  (name, secret) => [name, secret, 'Host', 'example.org'],
  (name, secret) => ['Host', 'example.org', 'Accept', '*/*', name.toLowerCase(), secret],
  (name, secret) => [['Host', 'example.org'], [name, secret]], // prettier-ignore
  (name, secret) => ({ rawHeaders: ['Host', 'example.org', name, secret] }),
  (name, secret) => ({ headers: { [name]: [secret] } }),
  (name, secret) => [{ name: 'Host', value: 'example.org' }, { name, value: secret }], // prettier-ignore
]

const built = (names: readonly string[], builds: readonly Build[]): fc.Arbitrary<CarriedValue> =>
  fc
    .tuple(
      fc.constantFrom(...names),
      fc.oneof(password, passphrase, opaqueKey, anyPassword),
      fc.constantFrom(...builds),
    )
    .map(([name, { text }, build]) => ({
      kind: `${name} in ${String(build)}`,
      value: build(name, text),
      secrets: [text],
    }))

const url: fc.Arbitrary<CarriedValue> = fc
  .tuple(password, fc.constantFrom('redis', 'https', 'postgres'))
  .map(([{ text }, scheme]) => {
    const value = new URL(`${scheme}://bob:${encodeURIComponent(text)}@cache:6379/0?token=${encodeURIComponent(text)}`)
    return { kind: 'URL object', value, secrets: [text, encodeURIComponent(text), value.password] }
  })

const inKey: fc.Arbitrary<CarriedValue> = issuedSecret
  .filter(({ kind }) => kind === 'GitHub' || kind === 'Stripe')
  .map(({ kind, text }) => ({
    kind: `${kind} as a key`,
    value: { [text]: 1, more: new Map([[text, 1]]) },
    secrets: [text],
  }))

/** Any of them. */
export const carriedValue: fc.Arbitrary<CarriedValue> = fc.oneof(
  { weight: 4, arbitrary: built(NAMES, BY_NAME) },
  { weight: 2, arbitrary: built(HEADERS, BY_HEADER) },
  { weight: 1, arbitrary: url },
  { weight: 1, arbitrary: inKey },
)
