import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../src/privacy/index.ts'

const redactor = createRedactor()

describe('a key', () => {
  test.each([
    'password',
    'userPassword',
    'PASSWORD_HASH',
    'db.passwd',
    'apiKey',
    'x-api-key',
    'http.request.header.authorization',
    'Set-Cookie',
    'access_token',
    'token',
    'clientSecret',
    'private_key',
    'credentials',
    'jwt',
    'pass',
    'db_pass',
    'pw',
    'passcode',
    'otp',
    'x-amz-signature',
    'auth',
    'proxyAuth',
    'connectionString',
    'apiToken1',
    'token_2',
    'tokens',
  ])('%s names a secret', (key) => expect(redactor.keyRule(key)?.covers('x')).toBe(true))

  test.each([
    'tokens_used',
    'max_tokens',
    'order.id',
    'keyboard',
    'author',
    'session.id',
    'spin',
    'compass',
    'monkey',
    'url.path',
    'prompt_tokens',
    'bypass',
    'passenger',
    'passage',
    'authenticated',
    'auth_method',
    'signature_count',
    'constructor',
    'sha256',
  ])('%s does not', (key) => expect(redactor.keyRule(key)).toBeUndefined())
})

test('a number of tokens is a count, anything else under that name is a secret', () => {
  expect(redactor.keyRule('tokens')?.covers(1200)).toBe(false)
  expect(redactor.keyRule('tokens')?.covers(['a', 'b'])).toBe(true)
  expect(redactor.keyRule('tokens')?.covers('a')).toBe(true)
  expect(redactor.keyRule('password')?.covers(1200)).toBe(true)
})

describe('text', () => {
  test.each([
    ['redis://user:hunter2@cache:6379/0', 'redis://[REDACTED]@cache:6379/0'],
    ['rediss://:hunter2@cache', 'rediss://[REDACTED]@cache'],
    ['connecting to postgres://me:p%40ss@db/x failed', 'connecting to postgres://[REDACTED]@db/x failed'],
    ['https://ghp_tokenonly@github.example/x', 'https://[REDACTED]@github.example/x'],
    ['a https://a:b@c and https://d:e@f', 'a https://[REDACTED]@c and https://[REDACTED]@f'],
    ['https://example.org/@user and mail me@example.org', 'https://example.org/@user and mail me@example.org'],
    ['https://example.org:8080/a?to=b@c', 'https://example.org:8080/a?to=b@c'],
    ['redis://:pa/ss@h', 'redis://[REDACTED]@h'],
    ['redis://user:pa/s?s#@h:6379/0 is down', 'redis://[REDACTED]@h:6379/0 is down'],
    ['redis://u:p@a/ss@h', 'redis://[REDACTED]@h'],
    ['x_redis://u:pw@h', 'x_redis://[REDACTED]@h'],
    ['"redis://u:pw@h","mail":"me@example.org"', '"redis://[REDACTED]@h","mail":"me@example.org"'],
    ['redis://u:pw@h,https://example.org/@user', 'redis://[REDACTED]@h,https://example.org/@user'],
    ['ssh://git@github.example:org/repo@v1', 'ssh://[REDACTED]@github.example:org/repo@v1'],
    ['http://[::1]:8080/a@b', 'http://[::1]:8080/a@b'],
    ['file:///c:/x@y', 'file:///c:/x@y'],
    ['https://[REDACTED]@h', 'https://[REDACTED]@h'],
  ])('%s', (text, expected) => expect(redactor.text(text)).toBe(expected))
})

test.each([':', '@', '://', 'a:', ':@', '://:'])('text of 200,000 times %s is read in one go', (piece) => {
  const text = `https://${piece.repeat(200_000)}`
  expect(redactor.text(`${text} redis://u:pw@h`).endsWith(' redis://[REDACTED]@h')).toBe(true)
})

describe('the beginning of a longer text', () => {
  test.each([
    ['see redis://user:hunt', 'see redis://'],
    ['see redis://user', 'see redis://'],
    ['see redis://u:p@a', 'see redis://'],
    ['see redis://user:hunt/er', 'see redis://'],
    ['see https://example.org:8080/a?b=c', 'see https://example.org:8080/a?b=c'],
    ['see redis://u:p@h and m', 'see redis://[REDACTED]@h and m'],
  ])('%s holds no half of a credential', (text, expected) => expect(redactor.text(text, true)).toBe(expected))
})
