import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../src/privacy/index.ts'
import { DEFAULT_LIMITS, errorDetails, JsonSink, stackTrace, ValueSafety } from '../../src/values/index.ts'

const safety = new ValueSafety(createRedactor(), DEFAULT_LIMITS)
const MAX = DEFAULT_LIMITS.maxStringLength

const json = (value: unknown): string => safety.json(value)

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('a long string', () => {
  test.each([0, 10, 20, 40])('shows no credential that begins %i characters before the cut', (before) => {
    const text = `${'x'.repeat(MAX - before)} redis://user:hunter2hunter2hunter2hunter2@cache ${'y'.repeat(5_000)}`
    expect(safety.text(text)).not.toMatch(/user|hunter/)
  })

  test('shows no credential that is longer than what is searched', () => {
    const text = `${'x'.repeat(MAX - 20)} redis://user:${'hunter'.repeat(1_000)}@cache`
    expect(safety.text(text)).not.toMatch(/user|hunter/)
  })

  test('that is made safe twice is marked once', () => {
    const once = safety.text('x'.repeat(100_000))
    expect(safety.text(once)).toBe(once)
  })
})

describe('bytes', () => {
  const { buffer } = Uint8Array.of(1, 2, 3, 4, 5)

  test.each([
    ['a Buffer', Buffer.from('hi'), [104, 105]],
    ['an ArrayBuffer', Uint8Array.of(6, 7).buffer, [6, 7]],
    ['a DataView', new DataView(buffer, 1, 2), [2, 3]],
    ['a part of an array', new Uint8Array(buffer, 3), [4, 5]],
  ])('of %s are just those', (_what, value, expected) => {
    expect(json({ value })).toBe(JSON.stringify({ value: Buffer.from(expected).toString('base64') }))
  })
})

describe('secrets', () => {
  test.each([
    ['a list of headers', ['Host', 'h', 'Authorization', 'hunter2'], ['Host', 'h', 'Authorization', '[REDACTED]']],
    ['pairs', [['a', 'b'], ['password', 'hunter2']], [['a', 'b'], ['password', '[REDACTED]']]], // prettier-ignore
    ['arguments', ['--password', 'hunter2', '--x'], ['--password', '[REDACTED]', '--x']],
    ['an entry', { name: 'cookie', value: 'hunter2' }, { name: 'cookie', value: '[REDACTED]' }],
    ['bytes of a text', Buffer.from('{"password":"hunter2"}'), '[REDACTED]'],
  ])('in %s are hidden', (_what, value, expected) => expect(JSON.parse(json({ value }))).toEqual({ value: expected }))

  test('in bytes are found where the bytes are cut', () => {
    const bytes = Buffer.from(`${'x'.repeat(MAX - 10)} redis://user:hunter2@cache`)
    expect(json({ bytes })).toBe('{"bytes":"[REDACTED]"}')
  })
})

describe('a tree', () => {
  test('of too many values, objects or not, is cut with a mark', () => {
    const rows = Array.from({ length: 200 }, () => Array.from({ length: 200 }, (_, at) => at))
    const safe = json(rows)
    expect(safe).toContain('more entries cut]')
    expect(safe.split(',').length).toBeLessThan(DEFAULT_LIMITS.maxNodes + 100)
  })

  test('of too much text is cut with a mark', () => {
    const safe = json(Array.from({ length: 200 }, () => 'x'.repeat(30_000)))
    expect(safe.length).toBeLessThan(DEFAULT_LIMITS.maxTotalLength + MAX + 10_000)
    expect(safe).toContain('[too much text]')
  })

  test('keeps keys that mean something to objects', () => {
    const value = JSON.parse('{"__proto__":1,"constructor":2,"toString":3}') as unknown
    expect(json(value)).toBe('{"__proto__":1,"constructor":2,"toString":3}')
  })
})

test('what a sink had taken of a list or map is taken back when it fails in it', () => {
  class Failing extends JsonSink {
    override number(value: number): void {
      if (value === 13) throw new RangeError('full')
      super.number(value)
    }
  }
  const sink = new Failing()
  safety.write([{ a: [1, { b: 13 }, 2], c: 3 }, 4], sink)
  expect(sink.json).toBe('[{"a":[1,"[unreadable: full]",2],"c":3},4]')
})

describe('what was thrown', () => {
  test('as an object without a message is described without its secrets', () => {
    const { type, message } = errorDetails({ code: 7, password: 'hunter2', url: 'redis://u:pw@h' }, safety)
    expect([type, message]).toEqual(['Object', '{"code":7,"password":"[REDACTED]","url":"redis://[REDACTED]@h"}'])
  })

  test('shows no secrets of its causes and of the errors in it', () => {
    const error = new AggregateError([{ token: 'hunter2' }], 'all failed', { cause: { password: 'hunter2' } })
    const stack = stackTrace(errorDetails(error, safety))
    expect(stack).toContain('Error 1: Object: {"token":"[REDACTED]"}')
    expect(stack).toContain('Caused by: Object: {"password":"[REDACTED]"}')
  })

  test('may stand in its own cause', () => {
    const error = new Error('outer')
    error.cause = { error }
    expect(errorDetails(error, safety).cause?.message).toContain('outer')
    expect(json({ error })).toContain('outer')
  })

  test('has a type that is bounded and without secrets', () => {
    const error = new Error('x')
    error.name = `redis://u:pw@h ${'x'.repeat(100_000)}`
    const { type } = errorDetails(error, safety)
    expect(type.startsWith('redis://[REDACTED]@h')).toBe(true)
    expect(type.length).toBeLessThan(1_000)
  })

  test.each([
    [undefined, 'undefined', 'undefined'],
    [null, 'null', 'null'],
    ['text', 'string', 'text'],
    [Number.NaN, 'number', 'NaN'],
    [Symbol('s'), 'symbol', 'Symbol(s)'],
    [(): void => {}, 'function', '[Function]'],
  ])('%s is described', (thrown, type, message) => expect(errorDetails(thrown, safety)).toEqual({ type, message }))

  test.each([
    ['a revoked proxy', revoked()],
    ['an object without a prototype', Object.create(null) as unknown],
    ['errors that are a revoked proxy', { errors: revoked() }],
    ['a cause that is a revoked proxy', new Error('x', { cause: revoked() })],
    ['a hostile message', { get message() { throw new Error('no') } }], // prettier-ignore
  ])('can be %s', (_what, thrown) => expect(errorDetails(thrown, safety).type).toBeTypeOf('string'))
})
