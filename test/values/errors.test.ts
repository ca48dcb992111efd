import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { getLogger } from '../../src/logging/index.ts'
import { captureLogs, type CapturedRecord } from '../../src/testing/index.ts'

const log = getLogger('errors')

/** The record of something thrown, as it left the encoders. */
function recordOf(thrown: unknown): CapturedRecord {
  using captured = captureLogs()
  log.error('failed', thrown, {})
  const [record] = captured.records
  if (record === undefined) throw new Error('nothing was captured')
  return record
}

/** What one record says of an error, in each output. */
function told(thrown: unknown) {
  const { error, otlp, line, error_type } = recordOf(thrown)
  const attributes = Object.entries(otlp.attributes).filter(([key]) => key !== 'log.record.uid')
  return { error, error_type, otlp: Object.fromEntries(attributes), line: line.split('\n').slice(1) }
}

const shownStack = (heading: string) => expect.stringMatching(new RegExp(`^${heading}\n {4}at `)) as string

class PaymentError extends TypeError {}
class Named extends Error {
  override get name(): string {
    return 'GivenName'
  }
}
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const withFields = (fields: object, message = 'no'): Error => Object.assign(new Error(message), fields)
const throwing = (key: string): Error =>
  Object.defineProperty(new Error('no'), key, {
    get() {
      throw new RangeError('hostile')
    },
  })

describe('an error', () => {
  test('is told in every output: class, message, code, further properties, stack, cause', () => {
    const cause = withFields({ code: 'ECONNREFUSED', port: 6379 }, 'no connection')
    const thrown = Object.assign(new PaymentError('no money', { cause }), { code: 'E_MONEY', missing: 3, order: {} })
    const { error, error_type, otlp, line } = told(thrown)
    expect(error).toEqual({
      type: 'PaymentError',
      message: 'no money',
      code: 'E_MONEY',
      fields: { missing: 3 },
      stack: shownStack('PaymentError: no money'),
      cause: {
        type: 'Error',
        message: 'no connection',
        code: 'ECONNREFUSED',
        fields: { port: 6379 },
        stack: shownStack('Error \\[ECONNREFUSED\\]: no connection'),
      },
    })
    expect([error_type, otlp]).toEqual([
      'E_MONEY',
      {
        'error.type': 'E_MONEY',
        'exception.type': 'PaymentError',
        'exception.message': 'no money',
        'exception.stacktrace': `${error?.stack}\nCaused by: ${error?.cause?.stack}`,
        'clew.error.code': 'E_MONEY',
        'clew.error.fields.missing': 3,
      },
    ])
    expect([line[0], line.at(-1)]).toEqual(['    PaymentError: no money', '    (code=E_MONEY missing=3)'])
    expect(line.filter((one) => one.includes('Caused by'))).toEqual([
      '    Caused by: Error [ECONNREFUSED]: no connection',
    ])
  })

  test('of another realm is one, thrown or in a field', () => {
    const foreign: unknown = runInNewContext("new RangeError('there', { cause: new TypeError('why') })")
    expect(told(foreign).error).toMatchObject({ type: 'RangeError', message: 'there', cause: { type: 'TypeError' } })
    using captured = captureLogs()
    log.info('field', { foreign })
    expect(captured.records[0]?.metadata['foreign']).toMatchObject({ type: 'RangeError', message: 'there' })
  })

  test('that holds several tells each of them, and the suppressed one', () => {
    const { error, otlp } = told(new AggregateError([new TypeError('a'), 'b', ...Array.from({ length: 20 }, () => 3)], 'all')) // prettier-ignore
    expect(error?.errors).toHaveLength(9)
    expect(error?.errors?.at(-1)).toEqual({ type: '…', message: '14 more errors cut' })
    expect(otlp['exception.stacktrace']).toMatch(/\nError 1: TypeError: a\n[^]*\nError 2: string: b\n/)
    // As `using` makes it, also where the runtime has no class for it.
    const hidden = Object.assign(new Error('hidden'), { name: 'SuppressedError', error: new Error('last'), suppressed: new Error('first') }) // prettier-ignore
    expect(told(hidden).error).toMatchObject({ cause: { message: 'last' }, suppressed: { message: 'first' } })
    expect(told(hidden).otlp['exception.stacktrace']).toMatch(/\nSuppressed: Error: first[^]*\nCaused by: Error: last/)
  })

  test.each<[string, unknown, string, string]>([
    ['of a class that inherits its name', new PaymentError('no'), 'PaymentError', 'no'],
    ['whose class gives the name', new Named('no'), 'GivenName', 'no'],
    ['that was given a name', withFields({ name: 'Renamed' }), 'Renamed', 'no'],
    ['whose message was changed', withFields({ message: 'changed' }, 'before'), 'Error', 'changed'],
    ['that is a DOMException', new DOMException('late', 'TimeoutError'), 'TimeoutError', 'late'],
    ['that prints itself otherwise', withFields({ toString: () => 'other' }), 'Error', 'no'],
    ['that is frozen', Object.freeze(new Error('no')), 'Error', 'no'],
  ])('%s has the heading it would have now', (_what, thrown, type, message) => {
    const { error, line } = told(thrown)
    expect(error).toMatchObject({ type, message })
    expect(line[0]).toBe(`    ${type}: ${message}`)
  })

  test('whose message is anything but text has that, as JSON', () => {
    expect(told(withFields({ message: { reason: 7 } })).error?.message).toBe('{"reason":7}')
    expect(told(withFields({ message: undefined })).error?.message).toBe('')
  })

  test('whose getters throw is told without what they hide', () => {
    expect(told(throwing('stack')).error).toEqual({ type: 'Error', message: 'no' })
    expect(told(throwing('message')).error).toMatchObject({ type: 'Error', message: '' })
    expect(told(throwing('cause')).error).not.toHaveProperty('cause')
    expect(told(throwing('errors')).error).not.toHaveProperty('errors')
  })

  test('has further properties that are text, numbers or booleans: some of them, bounded, without secrets', () => {
    const fields = { text: 'x'.repeat(5_000), yes: true, big: 7n, password: 'hunter2', request: { huge: 1 } }
    const { error, otlp } = told(withFields(fields))
    expect(error?.fields).toEqual({ text: expect.stringMatching(/^x{1024}…\[3976 more/), yes: true, big: 7, password: '[REDACTED]' }) // prettier-ignore
    expect(otlp['clew.error.fields.password']).toBe('[REDACTED]')
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`k${at}`, at]))
    expect(Object.keys(told(withFields(many)).error?.fields ?? {})).toHaveLength(16)
  })

  test('with a stack of thousands of frames, or a message of megabytes, keeps its causes and its first frames', () => {
    const frames = Array.from({ length: 10_000 }, (_, at) => `    at call${at} (/app/index.js:${at}:1)`)
    const deep = new Error('deep', { cause: new Error('why') })
    deep.stack = ['Error: deep', ...frames].join('\n')
    const long = new Error('y'.repeat(10_000_000))
    const stacks = [deep, long].map((thrown) => String(told(thrown).otlp['exception.stacktrace']))
    expect(stacks[0]).toMatch(/^Error: deep\n {4}at call0 [^]*more characters cut\]\nCaused by: Error: why\n/)
    expect(stacks[1]).toMatch(/^Error: y+…\[\d+ more characters cut\]\n {4}at /)
    for (const stack of stacks) expect(stack.length).toBeLessThan(33_000)
  })

  test('with causes without end, or around itself, ends', () => {
    const round = new Error('round')
    round.cause = new Error('inner', { cause: round })
    expect(told(round).error?.cause).not.toHaveProperty('cause')
    const endless = (): Error => Object.defineProperty(new Error('again'), 'cause', { get: endless })
    expect(JSON.stringify(told(endless()))).toContain('the causes of this are cut')
    const wide = (depth: number): Error => new AggregateError(Array.from({ length: 100 }, () => (depth > 4 ? 1 : wide(depth + 1)))) // prettier-ignore
    expect(JSON.stringify(told(wide(3))).length).toBeLessThan(400_000)
  })

  test('in a stack of a taste of its own is told as a list of frames', () => {
    const thrown = Object.defineProperty(new Error('no'), 'stack', { value: ['one', 'two'] })
    expect(told(thrown).error?.stack).toBe('Error: no\n    at one\n    at two')
  })
})

describe('what is no error', () => {
  test.each<[string, unknown, string, string]>([
    ['text', 'oh', 'string', 'oh'],
    ['null', null, 'null', 'null'],
    ['a number', Number.NaN, 'number', 'NaN'],
    ['a big integer', 7n, 'bigint', '7'],
    ['a symbol', Symbol('s'), 'symbol', 'Symbol(s)'],
    ['a function', function fail() {}, 'function', '[Function fail]'],
    ['an object', { code: 7, token: 'hunter2' }, 'Object', '{"code":7,"token":"[REDACTED]"}'],
    ['an object with a message', { message: 'oh' }, 'Object', 'oh'],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), 'Object', '{"a":1}'],
    ['a list', [1, 2], 'Array', '[1,2]'],
  ])('and was thrown is told: %s', (_what, thrown, type, message) => {
    expect(told(thrown)).toEqual({
      error: { type, message },
      error_type: type,
      otlp: { 'exception.type': type, 'exception.message': message, 'error.type': type },
      line: [`    ${type}: ${message}`],
    })
  })

  test('and can not be read is told as such', () => {
    expect(told(revoked()).error).toMatchObject({ type: 'Object', message: expect.stringContaining('unreadable') })
  })
})

test('a field that names the class of an error wins over its own', () => {
  using captured = captureLogs()
  log.error('failed', new Error('no'), { 'error.type': '503' })
  log.child({ 'error.type': '504' }).error('failed', new Error('no'))
  expect(captured.records.map(({ error_type, otlp }) => [error_type, otlp.attributes['error.type']])).toEqual([
    ['503', '503'],
    ['504', '504'],
  ])
})
