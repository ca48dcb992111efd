import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FIELD_MAP } from '../../src/fields/index.ts'
import { BoundFields, createScope, type Fields, type LogRecordData } from '../../src/otlp/index.ts'
import { createConsoleOutput, type ConsoleFormat } from '../../src/outputs/index.ts'
import { createEncoding, fixedUid } from '../support/encoding.ts'
import { logfmtPairs } from '../support/logfmt.ts'

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../log-record.schema.json'), 'utf8')) as {
  properties: Record<string, unknown>
  $defs: { error: { properties: Record<string, unknown> } }
}
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema)

/** What a terminal acts on, what ends a line, and what turns the direction of text. */
// oxlint-disable-next-line no-control-regex -- they must not be there
const ACTIVE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

const HOSTILE = [
  'x\n2024-01-15 10:30:45 [INFO] audit: all is well',
  'x\r2024-01-15 10:30:45 [INFO] audit: all is well',
  '\u001b[2K\u001b[1A',
  '\u009b2K',
  '\u001b]8;;https://example.org\u001b\\text\u001b]8;;\u001b\\',
  '\u009d8;;https://example.org\u009c',
  '\u007f\u0008\u0000',
  '\u202etxet\u202c \u2066a\u2069 \u061c',
  'one\u2028two\u2029three\u0085four',
  '"}\n{"level":"CRITICAL","message":"forged"}',
  ' level=CRITICAL message="forged"',
  '\ud800 \udfff \ud83d',
  '',
  'null',
  '\\',
  '\\n',
]
const KEYS = [
  ...FIELD_MAP.flatMap((row) => ('attribute' in row ? [row.key, row.attribute] : [row.key])),
  '__proto__',
  'constructor',
  'toString',
  'a b',
  'a=b',
  '"',
  'metadata.level',
  'session id',
  'request.id',
]

const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.tuple(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme' })).map((parts) => parts.join('')),
  fc.nat(0x2fff).map((code) => String.fromCharCode(code)),
)
const leaf = fc.oneof(
  text,
  fc.double(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 1e21, 2 ** 53, null, undefined, true, Symbol('s')),
  fc.bigInt(),
  fc.uint8Array({ maxLength: 20 }),
  fc.constantFrom(
    new Date(0),
    new Date(Number.NaN),
    /x/g,
    new Map([['k', 1n]]),
    new Set([1]),
    () => 1,
    new URL('http://a/'),
  ),
  text.map((message) => new TypeError(message, { cause: new Error(message) })),
)
const key = fc.oneof(fc.constantFrom(...KEYS), text)
const record = <V>(value: fc.Arbitrary<V>) =>
  fc.array(fc.tuple(key, value), { maxLength: 6 }).map((entries) => Object.fromEntries(entries) as Fields)
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    record(tie('value')),
  ),
})).value

const error = fc.record(
  { type: text, message: text, stack: text, code: text, cause: fc.record({ type: text, message: text }) },
  { requiredKeys: ['type', 'message'] },
)
const logRecord: fc.Arbitrary<LogRecordData> = fc
  .record({
    timeMillis: fc.double({ min: 0, max: 4e12, noNaN: true }),
    severityNumber: fc.integer({ min: 1, max: 24 }),
    severityText: text,
    body: fc.oneof(text, anything),
    eventName: fc.option(text, { nil: undefined }),
    scope: text.map((name) => createScope(name)),
    context: fc.option(
      record(anything).map((fields) => new BoundFields(fields)),
      { nil: undefined },
    ),
    bound: fc.option(
      record(anything).map((fields) => new BoundFields(fields)),
      { nil: undefined },
    ),
    fields: fc.option(record(anything), { nil: undefined }),
    error: fc.option(error, { nil: undefined }),
    trace: fc.option(fc.record({ traceId: text, spanId: text, traceFlags: fc.nat(1) }), { nil: undefined }),
    audit: fc.boolean(),
  })
  .map((parts) => ({ ...parts, uid: fixedUid('01M7Z15Z4N845NZJ3F02QRKBW7') }))

const encoding = createEncoding()
let written = ''
const stream = { write: (lines: string) => (written += lines) }
const OUTPUTS = {
  human: createConsoleOutput('human', encoding, stream, false),
  json: createConsoleOutput('json', encoding, stream, false),
  logfmt: createConsoleOutput('logfmt', encoding, stream, false),
}

function lineOf(format: ConsoleFormat, data: LogRecordData): string {
  written = ''
  OUTPUTS[format].emit(data)
  return written
}

const plain: LogRecordData = {
  timeMillis: Date.UTC(2024, 0, 15),
  severityNumber: 9,
  severityText: 'INFO',
  body: 'm',
  eventName: undefined,
  scope: createScope('c'),
  context: undefined,
  bound: undefined,
  fields: undefined,
  error: undefined,
  trace: undefined,
  uid: fixedUid('01M7Z15Z4N845NZJ3F02QRKBW7'),
}

describe('whatever a record holds', () => {
  test('its JSON line is one, is shown as it is by a terminal, and is as the schema says', () => {
    fc.assert(
      fc.property(logRecord, (data) => {
        const line = lineOf('json', data)
        expect(line.slice(0, -1)).not.toMatch(ACTIVE)
        expect(line.endsWith('}\n')).toBe(true)
        validate(JSON.parse(line))
        expect(validate.errors).toBeNull()
      }),
      { numRuns: 500 },
    )
  })

  test('its line of logfmt is one, with no pair that it could have forged', () => {
    fc.assert(
      fc.property(logRecord, (data) => {
        const line = lineOf('logfmt', data)
        expect(line.slice(0, -1)).not.toMatch(ACTIVE)
        const keys = logfmtPairs(line).map(([name]) => name)
        expect(keys.slice(0, 3)).toEqual(['timestamp', 'level', 'component'])
        const reserved = keys.filter((name) => FIELD_MAP.some((row) => row.key === name))
        expect(reserved).toEqual([...new Set(reserved)])
      }),
      { numRuns: 500 },
    )
  })

  test('its line for people is one, with those of the error below it, indented', () => {
    fc.assert(
      fc.property(logRecord, (data) => {
        const [head, ...below] = lineOf('human', data).split('\n')
        expect(head).toMatch(/^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d \[(TRACE|DEBUG|INFO|WARNING|ERROR|CRITICAL)\] /)
        expect(below.pop()).toBe('')
        expect(below.every((line) => line.startsWith('    '))).toBe(true)
        expect([head, ...below].join('')).not.toMatch(ACTIVE)
        expect(below).toHaveLength(data.error === undefined ? 0 : below.length || 1)
      }),
      { numRuns: 500 },
    )
  })

  test('logfmt gives back every text, number and boolean', () => {
    const value = fc.oneof(text, fc.double({ noNaN: true }), fc.boolean(), fc.constant(null))
    fc.assert(
      fc.property(value, text, (given, body) => {
        const pairs = new Map(logfmtPairs(lineOf('logfmt', { ...plain, body, fields: { value: given } })))
        expect(pairs.get('message')).toBe(encoding.safety.plain(body))
        expect(pairs.get('value')).toBe(encoding.safety.plain(given))
      }),
      { numRuns: 500 },
    )
  })
})

test('ten megabytes become a line that is bounded', () => {
  const large = 'x\u202e'.repeat(5_000_000)
  const fields = { large, [large]: 1, nested: { large, [large]: [large] }, 'session.id': large }
  for (const format of ['json', 'logfmt', 'human'] as const) {
    const line = lineOf(format, { ...plain, body: large, fields })
    expect(line.length).toBeLessThan(1_000_000)
    expect(line.slice(0, -1)).not.toMatch(ACTIVE)
  }
  validate(JSON.parse(lineOf('json', { ...plain, body: large, fields })))
  expect(validate.errors).toBeNull()
})

test.each(['日本語 テスト', 'zażółć gęślą jaźń', '👩‍👩‍👧‍👦 🇪🇺', 'שלום עולם', 'e\u0301 ﷽ 𝔘𝔫𝔦'])(
  'text of any script stays as it is: %s',
  (script) => {
    const data = { ...plain, body: script, fields: { note: script } }
    for (const format of ['json', 'logfmt', 'human'] as const) expect(lineOf(format, data)).toContain(script)
  },
)

test('what is no value of its key stays in the metadata', () => {
  const fields = {
    'session.id': { a: 1 },
    duration_ms: 'long',
    'user.roles': { a: 1 },
    'http.response.status_code': '200',
  }
  const kept = { 'session.id': { a: 1 }, 'clew.duration_ms': 'long', 'user.roles': { a: 1 }, 'http.response.status_code': '200' } // prettier-ignore
  expect(JSON.parse(lineOf('json', { ...plain, fields })).metadata).toEqual(kept)
  const ids = { 'user.id': 7, 'user.roles': 'admin', duration_ms: -1.5 }
  expect(JSON.parse(lineOf('json', { ...plain, fields: ids }))).toMatchObject({ user_id: 7, user_role: 'admin', duration_ms: -1.5 }) // prettier-ignore
})

test('the schema has the keys of the field map', () => {
  const keys = FIELD_MAP.map(({ key }) => key)
  const inError = keys.filter((name) => name.startsWith('error.')).map((name) => name.slice('error.'.length))
  expect(Object.keys(schema.$defs.error.properties)).toEqual(expect.arrayContaining(inError))
  const top = [...keys.filter((name) => !name.startsWith('error.')), 'error', 'details']
  expect(Object.keys(schema.properties).toSorted()).toEqual(top.toSorted())
})

test('lines of the audit channel call their other fields details', () => {
  const line = lineOf('json', { ...plain, fields: { amount: 3 }, audit: true })
  expect(JSON.parse(line)).toMatchObject({ details: { amount: 3 } })
  expect(line).not.toContain('metadata')
})
