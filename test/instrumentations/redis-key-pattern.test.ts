import { describe, expect, it } from 'vitest'
import { keyPattern } from '../../instrumentations/redis/key-pattern.ts'

describe('the pattern of a key', () => {
  it.each([
    ['user:42:cart', 'user:*:cart'],
    ['user:42', 'user:*'],
    ['session:550e8400-e29b-41d4-a716-446655440000:tokens', 'session:*:tokens'],
    ['session:abc-def1-2345', 'session:abc-*'],
    ['login:ann@example.com', 'login:ann*example.com'],
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
})
