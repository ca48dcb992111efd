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
    'APIToken',
    'XAuthToken',
    'slacktoken',
    'dbpassword',
    'access[token]',
    'user%5Bpassword%5D',
    'AccountKey',
    'SharedAccessKey',
    'Ocp-Apim-Subscription-Key',
    'sig',
    'passWord',
    'api_tokens',
    'recovery_code',
    'CLEW_PRIVACY_KEY',
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
    'secretary',
    'paid_tokens',
    'keyboard_shortcut',
    'primary_key',
    'connection_id',
    'design',
  ])('%s does not', (key) => expect(redactor.keyRule(key)).toBeUndefined())
})

test('tokens that are numbers are counts, anything else under that name is a secret', () => {
  expect(redactor.keyRule('tokens')?.covers(1200)).toBe(false)
  expect(redactor.keyRule('tokens')?.covers(['a', 'b'])).toBe(true)
  expect(redactor.keyRule('tokens')?.covers('a')).toBe(true)
  expect(redactor.keyRule('tokens')?.covers({ prompt: 5, completion: 7 })).toBe(false)
  expect(redactor.keyRule('tokens')?.covers({ ann: 'a' })).toBe(true)
  expect(redactor.keyRule('password')?.covers(1200)).toBe(true)
})
