import { describe, expect, it } from 'vitest'
import { keyPattern } from '../../instrumentations/redis/key-pattern.ts'

describe('the pattern of a key', () => {
  it.each([
    ['user:42:cart', 'user:*:cart'],
    ['user:42', 'user:*'],
    ['session:550e8400-e29b-41d4-a716-446655440000:tokens', 'session:*:tokens'],
    ['chat:abc-def1-2345', 'chat:abc-*'],
    ['login:ann@example.com', 'login:*'],
    ['login:ann@example.com:tries', 'login:*:tries'],
    ['token:hunter', 'token:*'],
    ['user:access_token:hunter:uses', 'user:access_token:*:uses'],
    ['hash:da39a3ee5e6b4b0d3255bfef95601890afd80709', 'hash:*'],
    ['{user42}:cart', '{*}:cart'],
    ['lock/orders/2024-01-15', 'lock/orders/*'],
    ['token:eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln', 'token:*'],
    ['cart', 'cart'],
    ['userSessions:7', 'userSessions:*'],
    ['averyverylongwordthatmaybesomething', '*'],
    ['name:Zoë Müller', 'name:*'],
  ])('%s is %s', (key, pattern) => {
    expect(keyPattern('GET', [key])).toBe(pattern)
  })

  it.each([
    ['EVAL', ['return 1', '1', 'k:1', 'v'], 'k:*'],
    ['EVAL', ['return 1', '0', 'value'], undefined],
    ['XREADGROUP', ['GROUP', 'g', 'c', 'BLOCK', '5', 'STREAMS', 'events:7', '>'], 'events:*'],
    ['XREAD', ['COUNT', '5'], undefined],
    ['BITOP', ['AND', 'dest:1', 'a'], 'dest:*'],
    ['PING', ['hello'], undefined],
    ['PUBLISH', ['news', '?'], undefined],
    ['AUTH', ['?'], undefined],
    ['GET', [], undefined],
  ])('of %s %j is %s', (name, args, pattern) => {
    expect(keyPattern(name, args)).toBe(pattern)
  })

  it('is one of a few hundred, however many keys there are', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz'
    const found = new Set<string | undefined>()
    for (const one of letters) for (const two of letters) for (const three of 'abc') found.add(keyPattern('GET', [`of:${one}${two}${three}`])) // prettier-ignore
    expect(found.size).toBeLessThanOrEqual(501)
    expect(keyPattern('GET', ['user:7'])).toBe('user:*')
    expect(keyPattern('GET', ['never:seen'])).toBe('*')
  })
})
