import { describe, expect, test } from 'vitest'
import { hidesNext, secretProperties } from '../../src/privacy/index.ts'

describe('the item after this one in a list is a secret:', () => {
  test.each([
    ['a header', 'Authorization', 0, 4],
    ['a later header', 'x-api-key', 2, 4],
    ['a pair', 'password', 0, 2],
    ['a field of a flat list', 'password', 4, 6],
    ['a flag', '--db-password', 1, 3],
    ['a flag with one dash', '-token', 0, 5],
  ])('%s', (_what, item, position, size) => expect(hidesNext(item, position, size)).toBe(true))
})

describe('the item after this one in a list is none:', () => {
  test.each([
    ['a value', 'password', 1, 2],
    ['a list of names', 'password', 0, 3],
    ['another header', 'Host', 0, 2],
    ['another flag', '--port', 0, 2],
    ['a flag that takes it from elsewhere', '--password-file', 0, 2],
    ['a count', 7, 0, 2],
    ['nothing', undefined, 0, 2],
    ['a long text', `password ${'x'.repeat(1_000)}`, 0, 2],
  ])('%s', (_what, item, position, size) => expect(hidesNext(item, position, size)).toBe(false))
})

describe('an object', () => {
  test.each([
    [{ name: 'authorization', value: 'x' }],
    [{ key: 'password', value: 'x' }],
    [{ header: 'Cookie', values: ['x'] }],
    [{ path: 'password', value: 'x', msg: 'too short' }],
  ])('%j holds a secret under value', (entry) => expect([...secretProperties(entry)]).toEqual(['value', 'values']))

  test.each([
    [{ name: 'host', value: 'x' }],
    [{ name: 'password' }],
    [{ value: 'x' }],
    [{ name: 7, value: 'x' }],
    [{}],
  ])('%j holds none', (entry) => expect([...secretProperties(entry)]).toEqual([]))

  test('that can not be read is taken to hold one', () => {
    const entry = { value: 'x', get name(): string { throw new Error('no') } } // prettier-ignore
    expect(secretProperties(entry).has('value')).toBe(true)
  })
})
