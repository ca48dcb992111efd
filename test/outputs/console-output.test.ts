import { beforeEach, describe, expect, test } from 'vitest'
import { BoundFields, createScope, type Fields, type LogRecordData } from '../../src/otlp/index.ts'
import { createConsoleOutput } from '../../src/outputs/index.ts'
import { createEncoding, fixedUid } from '../support/encoding.ts'

let written: string
const stream = { write: (text: string) => (written += text) }
beforeEach(() => {
  written = ''
})

const record: LogRecordData = {
  timeMillis: new Date(2024, 0, 15, 10, 30, 45).getTime() + 123,
  severityNumber: 9,
  severityText: 'INFO',
  body: 'Session created',
  eventName: undefined,
  scope: createScope('session_manager'),
  context: undefined,
  bound: undefined,
  fields: { 'session.id': 'abc123' },
  error: undefined,
  trace: undefined,
  uid: fixedUid('01M7Z15Z4N845NZJ3F02QRKBW7'),
}

describe('the line for people', () => {
  const output = createConsoleOutput('human', createEncoding(), stream, false)

  test('is as documented', () => {
    output.emit(record)
    expect(written).toBe('2024-01-15 10:30:45 [INFO] session_manager: Session created (session_id=abc123)\n')
  })

  test('shows an error with its stack below', () => {
    output.emit({
      ...record,
      fields: undefined,
      error: { type: 'Error', message: 'no', stack: 'Error: no\n    at here' },
    })
    expect(written).toBe(
      '2024-01-15 10:30:45 [INFO] session_manager: Session created\n    Error: no\n        at here\n',
    )
  })

  test('can neither be forged nor hidden by what is in the data', () => {
    const hostile = 'x\n2024-01-15 10:30:45 [INFO] audit: all is well\u001b[2K\r\u202e\u2028\u009b31m'
    output.emit({
      ...record,
      severityText: hostile,
      scope: createScope(hostile),
      body: hostile,
      fields: { [hostile]: hostile },
    })
    expect(written.split('\n')).toHaveLength(2)
    // oxlint-disable-next-line no-control-regex -- they must not be there
    expect(written).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e]/)
  })

  test('is coloured only when told so', () => {
    createConsoleOutput('human', createEncoding(), stream, true).emit(record)
    expect(written).toContain('[\u001b[32mINFO\u001b[0m]')
  })

  test('tells on a terminal, and only there, how its trace begins', () => {
    const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', traceFlags: 1 }
    const terminal = createConsoleOutput('human', createEncoding(), { ...stream, isTTY: true }, false)
    terminal.emit({ ...record, trace })
    expect(written).toMatch(/: Session created \(session_id=abc123\) trace=4bf92f35\n$/)
    written = ''
    output.emit({ ...record, trace })
    expect(written).toMatch(/: Session created \(session_id=abc123\)\n$/)
  })

  test('quotes keys and values that could be taken for others', () => {
    output.emit({ ...record, fields: { 'a b': 1, 'x=y': 'c)', role: 'it is "x"', list: [1, 'two'], none: null } })
    expect(written).toContain('("a b"=1 "x=y"="c)" role="it is \\"x\\"" list=[1,"two"] none=null)')
  })

  test('has the level of the severity number, whatever others call it', () => {
    output.emit({ ...record, severityNumber: 18, severityText: 'oops' })
    expect(written).toContain(' [ERROR] ')
  })
})

describe('the line of logfmt', () => {
  const lineOf = (more: Partial<LogRecordData>): string => {
    written = ''
    createConsoleOutput('logfmt', createEncoding(), stream, false).emit({ ...record, ...more })
    return written.replace(/^timestamp=\S+Z level=INFO component=session_manager /, '').replace(/ uid=\w{26}\n$/, '')
  }

  test('tells an event by its name alone', () => {
    const fields = { 'session.id': 's', duration_ms: 3 }
    expect(lineOf({ body: 'transcript_published', eventName: 'transcript_published', fields })).toBe(
      'event=transcript_published session_id=s duration_ms=3',
    )
    expect(lineOf({ body: 'more', eventName: 'transcript_published', fields: undefined })).toBe(
      'message=more event=transcript_published',
    )
  })

  test('has lists and objects as JSON text, and the parts of an error by name', () => {
    const error = { type: 'E', message: 'not so', stack: 'E: not so\n    at here' }
    expect(
      lineOf({ body: 'm', fields: { cart: { items: [1] }, list: [], none: null, nothing: undefined }, error }),
    ).toBe(
      'message=m cart="{\\"items\\":[1]}" list=[] none=null ' +
        'error_type=E error.type=E error.message="not so" error.stack="E: not so\\n    at here"',
    )
  })

  test('quotes what would be read as something else', () => {
    const fields = { empty: '', null: 'null', yes: true, file: 'C:\\x', quote: '"', equals: 'a=b', esc: '\u001b[1m' }
    expect(lineOf({ body: 'm', fields })).toBe(
      'message=m empty="" null="null" yes=true file=C:\\x quote="\\"" equals="a=b" esc="\\u001b[1m"',
    )
  })

  test('keeps the keys that are taken', () => {
    const fields = { level: 'x', session_id: 'y', 'session id': 'z', 'metadata.level': 'w', 'a=b': 1, '': 2 }
    expect(lineOf({ body: 'm', fields })).toBe(
      'message=m metadata.level=x metadata.session_id=y metadata.session_id=z metadata.metadata.level=w a_b=1 _=2',
    )
  })
})

test('a JSON line keeps bytes as base64, and keys that mean something to objects', () => {
  const fields = JSON.parse('{"constructor":1,"__proto__":2,"toString":3,"tokens":4}') as Fields
  createConsoleOutput('json', createEncoding(), stream, false).emit({
    ...record,
    fields: { ...fields, bytes: Buffer.from('hi'), pass: 'x' },
  })
  const metadata = '{"constructor":1,"__proto__":2,"toString":3,"tokens":4,"bytes":"aGk=","pass":"[REDACTED]"}'
  expect(written).toContain(`"metadata":${metadata}`)
})

test('a JSON line of a value that logs itself is whole, after those that the value said', () => {
  const output = createConsoleOutput('json', createEncoding(), stream, false)
  const say = (body: string, fields: Fields): void => output.emit({ ...record, body, fields })
  const innermost = { toJSON: () => (say('innermost', { n: 3 }), 'a') }
  const inner = { toJSON: () => (say('inner', { n: 2, innermost }), 'b') }
  say('outer', { n: 1, 'user.id': 'u', inner, after: 1 })
  const lines = written.split('\n').slice(0, -1)
  expect(lines.map((line) => (JSON.parse(line) as { metadata: unknown }).metadata)).toEqual([
    { n: 3 },
    { n: 2, innermost: 'a' },
    { n: 1, inner: 'b', after: 1 },
  ])
})

test('a JSON line has the fields that were bound, of which those of the call win, in any spelling', () => {
  const output = createConsoleOutput('json', createEncoding(), stream, false)
  const context = new BoundFields({ 'user.id': 'u', shard: 1, 'http.route': '/a' })
  const bound = new BoundFields({ 'tenant.id': 'outer', attempt: 3 })
  const part = (fields: Fields | undefined): string => {
    written = ''
    output.emit({ ...record, context, bound, fields })
    return (
      written.slice(written.indexOf(',"message"'), written.indexOf(',"uid"')) +
      written.slice(written.indexOf(',"metadata"'))
    )
  }
  const message = ',"message":"Session created"'
  for (let again = 0; again < 2; again++) {
    expect(part({ total: 2 })).toBe(
      `${message},"user_id":"u","tenant_id":"outer","route":"/a","metadata":{"shard":1,"attempt":3,"total":2}}\n`,
    )
    expect(part({ 'clew.tenant.id': 'inner', shard: 4 })).toBe(
      `${message},"user_id":"u","tenant_id":"inner","route":"/a","metadata":{"shard":4,"attempt":3}}\n`,
    )
    expect(part(undefined)).toBe(
      `${message},"user_id":"u","tenant_id":"outer","route":"/a","metadata":{"shard":1,"attempt":3}}\n`,
    )
  }
  expect(part({ 'tenant.id': 'a', 'clew.tenant.id': 'b' })).toContain('"tenant_id":"b"')
})

test('a JSON line stays one, whatever ids a foreign span has', () => {
  const trace = { traceId: '",\n"level":"x', spanId: '\\', traceFlags: 0 }
  createConsoleOutput('json', createEncoding(), stream, false).emit({ ...record, trace })
  expect(JSON.parse(written)).toMatchObject({ level: 'INFO', trace_id: trace.traceId, span_id: trace.spanId })
})

test('the JSON line has the keys of the field map', () => {
  createConsoleOutput('json', createEncoding(), stream, false).emit({
    ...record,
    eventName: 'session.created',
    context: new BoundFields({ 'user.id': 'u', 'request.id': 'r', 'tenant.id': 't', 'clew.operation': 'create' }),
    fields: {
      'session.id': 'abc123',
      duration_ms: 12.5,
      'http.response.status_code': 201,
      password: 'x',
      big: 2n ** 60n,
      not: Number.NaN,
    },
    trace: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 },
    error: { type: 'E', message: 'm' },
  })
  expect(written.endsWith('}\n')).toBe(true)
  expect(JSON.parse(written)).toEqual({
    timestamp: new Date(record.timeMillis).toISOString(),
    level: 'INFO',
    component: 'session_manager',
    operation: 'create',
    message: 'Session created',
    event: 'session.created',
    session_id: 'abc123',
    user_id: 'u',
    tenant_id: 't',
    request_id: 'r',
    trace_id: 'a'.repeat(32),
    span_id: 'b'.repeat(16),
    duration_ms: 12.5,
    status_code: 201,
    error_type: 'E',
    error: { type: 'E', message: 'm' },
    uid: '01M7Z15Z4N845NZJ3F02QRKBW7',
    metadata: { password: '[REDACTED]', big: '1152921504606846976', not: 'NaN' },
  })
})
