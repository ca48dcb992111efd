import { logs, trace, type LogRecord } from '@opentelemetry/api'
import fc from 'fast-check'
import { types } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bindContext, enrich, withContext } from '../../src/context/index.ts'
import {
  getLogger,
  logError,
  logOperation,
  pipeline,
  setLevel,
  type ExplicitRecord,
  type LogOutput,
  type OperationOptions,
} from '../../src/logging/index.ts'
import { ByteWriter, encodeLog, type Fields } from '../../src/otlp/index.ts'
import { decodeLogs } from '../../src/otlp/decode-request.ts'
import { assembleRequest } from '../../src/otlp/index.ts'
import { createConsoleOutput } from '../../src/outputs/index.ts'
import { createEncoding } from '../support/encoding.ts'
import { startTelemetry, type Telemetry } from '../support/telemetry.ts'

/** All fields of a record, its body and its error, of which each has limits of its own. */
const MAX_BYTES = 2_000_000
/** An event loop that stands still for longer is noticed; doubled ten times over for machines that are busy. */
const MAX_MILLIS = 2_000

interface Seen {
  readonly body: unknown
  readonly json: string
}
let seen: Seen[]
let failures: unknown[]
let telemetry: Telemetry

beforeEach(() => {
  telemetry = startTelemetry()
  seen = []
  failures = []
  const encoding = createEncoding()
  let lines: string[] = []
  const sink = { write: (text: string) => lines.push(text) }
  const otlp: LogOutput = {
    name: 'otlp',
    minimumSeverity: 0,
    emit(record) {
      const writer = new ByteWriter(512)
      encodeLog(writer, record, encoding)
      const request = assembleRequest(new Uint8Array(), [{ scope: record.scope.bytes, items: [writer.copy()] }])
      const [entry] = decodeLogs(request, 'protobuf', 0)
      const texts = [...lines, JSON.stringify(entry)]
      lines = []
      expect(texts.map((text) => text.length > MAX_BYTES)).toEqual([false, false, false])
      expect(JSON.parse(texts[0] as string)).toHaveProperty('message')
      seen.push({ body: entry?.body, json: texts.join('') })
    },
  }
  const human = createConsoleOutput('human', encoding, sink, false)
  const json = createConsoleOutput('json', encoding, sink, false)
  // A record that its own values say goes out in the midst of the outer one.
  const inOrder: LogOutput = {
    name: 'all',
    minimumSeverity: 0,
    emit(record) {
      const outer = lines
      lines = []
      json.emit(record)
      human.emit(record)
      otlp.emit(record)
      lines = outer
    },
  }
  pipeline.start({ outputs: [inOrder], encoding, failed: (output, error) => failures.push([output, error]) })
})
afterEach(() => {
  telemetry.stop()
})

const hostile = (): never => {
  throw new RangeError('hostile')
}
const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, hostile]))
const revoked = (target: object): object => {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}
function nested(depth: number): object {
  const root: Record<string, unknown> = {}
  let last = root
  for (let i = 0; i < depth; i++) last = last['a'] = {} as Record<string, unknown>
  return root
}
const cyclic = (): object => {
  const one: Record<string, unknown> = { list: [] }
  one['self'] = one
  ;(one['list'] as unknown[]).push(one, one['list'])
  return one
}
const many = (count: number, value: (at: number) => unknown): object =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`key${at}`, value(at)]))
const speaking = (): object => ({
  get loud() {
    getLogger('inner').info('said by a getter', speaking())
    return 1
  },
})

const rejected = Promise.reject(new Error('later'))
rejected.catch(() => {})

/** Values that somebody may log. */
const VALUES: Readonly<Record<string, unknown>> = {
  'nothing': undefined,
  'null': null,
  'a function': hostile,
  'a class': URL,
  'a symbol': Symbol('s'),
  'a huge integer': 2n ** 1_000_000n,
  'no number': Number.NaN,
  'a date out of range': new Date(8.64e15 + 1),
  'half a character': '\ud800 and \udc00',
  'control characters': '\u0000\u001b[2K\n\u202e',
  'a string of 10 MB': 'x'.repeat(10_000_000),
  'a string of 10 MB that looks like secrets': 'password= '.repeat(1_000_000),
  'a buffer of 10 MB': Buffer.alloc(10_000_000, 'a'),
  'bytes that are no text': Uint8Array.of(0xff, 0xfe, 0xc0),
  'numbers of 8 MB': new Float64Array(1_000_000),
  'an array without items': Object.assign([], { length: 2 ** 32 - 1 }),
  'a list of 100,000': Array.from({ length: 100_000 }, (_, at) => at),
  'a map of 100,000': new Map(Array.from({ length: 100_000 }, (_, at) => [{ at }, at])),
  'a set of 100,000': new Set(Array.from({ length: 100_000 }, (_, at) => at)),
  'a weak map': new WeakMap([[{}, 1]]),
  '10,000 fields': many(10_000, (at) => at),
  '10,000 fields of 10 KB': many(10_000, () => 'x'.repeat(10_000)),
  '10,000 fields that are not there': many(10_000, () => undefined),
  '50 trees of 10,000 values': many(50, () => Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => 1))),
  'a key of 10 MB': ({ ['k'.repeat(10_000_000)]: 1 }),
  'nesting 10,000 deep': nested(10_000),
  'a circle': cyclic(),
  'a symbol as a key': ({ [Symbol('k')]: 1, a: Symbol('v') }),
  'keys that mean something': JSON.parse('{"__proto__":{"x":1},"constructor":2,"toJSON":3,"then":4,"length":5}') as unknown,
  'an object that is not to be awaited': Object.fromEntries(['then'].map((key) => [key, hostile])),
  'a promise that rejects': rejected,
  'a getter that throws': ({ get a() { return hostile() }, b: 1 }), // prettier-ignore
  'toJSON that throws': ({ toJSON: hostile }),
  'toJSON without end': ({ toJSON() { return { ...this } } }), // prettier-ignore
  'toString that throws': ({ toString: hostile, [Symbol.toPrimitive]: hostile }),
  'an iterator that throws': Object.assign([1, 2], { [Symbol.iterator]: hostile }),
  'an iterator without end': Object.assign([1], { *[Symbol.iterator]() { for (;;) yield 'x'.repeat(1_000) } }), // prettier-ignore
  'a proxy that throws': new Proxy({}, traps),
  'a list that is a proxy that throws': new Proxy([], traps),
  'a function that is a proxy that throws': new Proxy(hostile, traps),
  'a proxy without keys': new Proxy({ a: 1 }, { ownKeys: hostile }),
  'a proxy that was revoked': revoked({}),
  'a list that was revoked': revoked([]),
  'an object without a prototype': Object.assign(Object.create(null) as object, { a: 1 }),
  'an error that throws': new Proxy(new Error('no'), traps),
  'an error of getters that throw': Object.defineProperties(new Error('no'), { stack: { get: hostile }, message: { get: hostile }, cause: { get: hostile } }),
  'a getter that logs': speaking(),
  'a class that logs as it is read': new (class { toJSON() { getLogger('inner').info('said by toJSON'); return 1 } })(), // prettier-ignore
} // prettier-ignore

const log = getLogger('hostile')
const as = <T>(value: unknown): T => value as T
type Call = (value: unknown) => void

/** Every public way to say something, with the value in each of its places. */
const CALLS: Readonly<Record<string, Call>> = {
  'log(message)': (value) => log.info(as(value)),
  'log(message, fields)': (value) => log.info('said', value),
  'log(message, { field })': (value) => log.info('said', { value }),
  'log(message, error)': (value) => log.error('said', value, {}),
  'log(message, error, fields)': (value) => log.error('said', new Error('no'), as<Fields>(value)),
  'log(message, { error with it as cause })': (value) => log.error('said', new Error('no', { cause: value })),
  'log(() => message)': (value) => log.info(() => as<string>(value)),
  'log(() => [message, fields])': (value) => log.info(() => ['said', as<Fields>(value)]),
  'log(() => it throws)': (value) => log.info(() => { throw value }), // prettier-ignore
  'event(name)': (value) => log.event(as(value)),
  'event(name, fields, level)': (value) => log.event('a.name', as(value), as(value)),
  'child(fields)': (value) => log.child(as(value)).info('said'),
  'child({ field }) with fields': (value) => log.child({ value }).info('said', { value, a: 1 }),
  'getLogger(name)': (value) => getLogger(as(value)).info('said'),
  'enabled(level)': (value) => (log.enabled(as<'INFO'>(value)), log.info('said')),
  'operation(name)': (value) => log.operation(as<string>(value), () => {}),
  'operation(name, options)': (value) => log.operation('work', as<OperationOptions>(typeof value === 'function' ? { value } : value), () => {}),
  'operation(name, { each option })': (value) =>
    log.operation('work', as<OperationOptions>({ fields: value, level: value, slowMillis: value }), () => {}),
  'operation that returns it': (value) => {
    const answer = log.operation('work', () => value)
    if (types.isPromise(answer)) answer.catch(() => {})
  },
  'op.set(fields)': (value) => log.operation('work', (op) => op.set(as(value))),
  'startOperation, set, fail': (value) => {
    const started = log.startOperation('work', { fields: as(value) })
    started.set({ value })
    started.fail(value)
  },
  'logOperation(record)': (value) => logOperation({ ...as<ExplicitRecord>({ component: 'c', message: value, level: value, operation: value, sessionId: value, metadata: value }) }),
  'logOperation(it)': (value) => (logOperation(as(value)), log.info('said')),
  'logError(error)': (value) => logError(value, { component: 'c' }),
  'logError(error, it)': (value) => logError(new Error('no'), as(value)),
  'withContext(fields)': (value) => withContext(as(value), () => log.info('said')),
  'bindContext(fields)': (value) => withContext({}, () => (bindContext(as(value)), log.info('said'))),
  'enrich(fields)': (value) => log.operation('work', () => enrich(as(value))),
  'the Logs API': (value) =>
    logs.getLogger('api').emit(as<LogRecord>({ body: value, attributes: value, severityNumber: value, severityText: value, eventName: value, timestamp: value, exception: value })),
  'a span of the API': (value) => {
    const span = trace.getTracer('t').startSpan(as(value), { attributes: as(value) })
    span.setAttribute('a', as(value)).addEvent(as(value), as(value)).setStatus(as(value)).recordException(as(value))
    span.end()
    log.info('said')
  },
} // prettier-ignore

describe('nothing is thrown, all arrives, bounded and in time', () => {
  test.each(Object.entries(CALLS))('%s', async (_call, call) => {
    for (const [what, value] of Object.entries(VALUES)) {
      seen = []
      const started = performance.now()
      call(value)
      const slow = performance.now() - started > MAX_MILLIS
      // For what was returned as a promise.
      await new Promise(setImmediate)
      expect({ what, slow, failures, arrived: seen.length > 0 }).toEqual({
        what,
        slow: false,
        failures: [],
        arrived: true,
      })
    }
  })
})

test('setLevel takes any change, or says in a RangeError what is wrong with it', () => {
  const errors: unknown[] = []
  const set = (change: unknown): void => {
    try {
      setLevel('DEBUG', change as never)
    } catch (error) {
      errors.push(error)
    }
  }
  for (const value of Object.values(VALUES))
    for (const change of [value, { component: value }, { forMillis: value }, { component: 'c', where: value }])
      set(change)
  log.debug('said', { a: 1 })
  expect([seen.at(-1)?.body, failures]).toEqual(['said', []])
  expect(errors.map(String).filter((text) => !/^RangeError: setLevel: .{1,300}$/s.test(text))).toEqual([])
  expect(errors.length).toBeGreaterThan(10)
})

describe('what was cut is marked', () => {
  test.each<[string, unknown, RegExp]>([
    ['fields', many(10_000, (at) => at), /"clew\.cut\.fields":9744/],
    ['long fields', many(100, () => 'x'.repeat(30_000)), /"clew\.cut\.fields":91/],
    ['text', { a: 'x'.repeat(100_000) }, /…\[67232 more characters cut\]/],
    ['entries', { a: Array.from({ length: 300 }, () => 1) }, /\[44 more entries cut\]/],
    ['depth', nested(20), /\[nested too deep\]/],
    ['a circle', cyclic(), /\[Circular\]/],
    ['a getter', { get a() { return hostile() } }, /\[unreadable/],
    ['a proxy', new Proxy({ a: 1 }, { ownKeys: hostile }), /"clew\.cut\.fields":"unreadable"/],
  ])('%s', (_what, fields, mark) => {
    log.info('said', fields)
    expect(seen.map(({ body }) => body)).toEqual(['said'])
    const [json = '', human = '', otlp = ''] = (seen[0]?.json ?? '').split(/\n(?=\d{4}-|\{)/)
    expect([json, human.replace(/clew\.cut\.fields=(unreadable)?/, (_, text) => `"clew.cut.fields":${text ? '"unreadable"' : ''}`), otlp].map((text) => mark.test(text))).toEqual([true, true, true]) // prettier-ignore
  }) // prettier-ignore
})

test('a value that logs itself without end is left out from the fourth record on, and counted', () => {
  const before = pipeline.leftOut
  log.info('outer', speaking())
  expect(seen.at(-1)?.body).toBe('outer')
  expect(pipeline.leftOut).toBeGreaterThan(before)
})

test('any value at all can be said in any way', () => {
  const anything = fc.anything({
    maxDepth: 3,
    maxKeys: 4,
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    withUnicodeString: true,
  })
  const calls = fc.constantFrom(...Object.values(CALLS))
  fc.assert(
    fc.property(anything, calls, (value, call) => {
      call(value)
      expect(failures).toEqual([])
    }),
    { numRuns: 300 },
  )
  expect(seen.length).toBeGreaterThan(250)
})
