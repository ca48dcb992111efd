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
  ])('%s names a secret', (key) => expect(redactor.isSecretKey(key)).toBe(true))

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
  ])('%s does not', (key) => expect(redactor.isSecretKey(key)).toBe(false))
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
  ])('%s', (text, expected) => expect(redactor.text(text)).toBe(expected))
})
