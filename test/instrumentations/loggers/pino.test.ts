import { trace } from '@opentelemetry/api'
import { pino, type Logger } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { getLogger, withContext } from '../../../src/index.ts'
import { pipeline } from '../../../src/logging/index.ts'
import { Bridged, Lines } from './bridged.ts'

let bridged: Bridged
let lines: Lines
let log: Logger
beforeEach(() => {
  bridged = new Bridged({ pino: 'keep', traceIds: true })
  lines = new Lines()
  log = pino({ name: 'shop', level: 'trace' }, lines)
})
afterEach(() => {
  bridged.stop()
})

describe('a record', () => {
  test('has the message as pino formats it, the fields without secrets, and the component', () => {
    log.info({ 'order.id': 7, password: 'hunter2' }, 'order %s placed by %j', 'o7', { id: 1 })
    expect(bridged.only).toEqual({
      level: 'INFO',
      component: 'shop',
      message: 'order o7 placed by {"id":1}',
      fields: { 'order.id': 7, password: '[REDACTED]' },
    })
    expect(lines.last).toMatchObject({ level: 30, password: 'hunter2', msg: 'order o7 placed by {"id":1}' })
  })

  test.each([
    ['trace', 'TRACE', 1],
    ['debug', 'DEBUG', 5],
    ['info', 'INFO', 9],
    ['warn', 'WARNING', 13],
    ['error', 'ERROR', 17],
    ['fatal', 'CRITICAL', 21],
  ] as const)('of %s is at %s', (method, text, number) => {
    log[method]('said')
    expect(bridged.raw[0]?.otlp).toMatchObject({ severityText: text, severityNumber: number })
  })

  test('of a level of the program lies between those that it lies between in pino, and keeps its name', () => {
    const own = pino({ customLevels: { notice: 35, trifle: 12, huge: 700 } }, lines)
    own.level = 'trifle'
    own.notice('one')
    own.trifle('two')
    own.huge('three')
    expect(bridged.raw.map(({ otlp }) => [otlp.severityText, otlp.severityNumber])).toEqual([
      ['notice', 11],
      ['trifle', 1],
      ['huge', 24],
    ])
  })

  test('of an error has its class, message and stack', () => {
    const error = new RangeError('too many', { cause: new Error('why') })
    log.error(error)
    log.error({ err: error, id: 7 }, 'failed')
    const described = { type: 'RangeError', message: 'too many', cause: { type: 'Error', message: 'why' } }
    expect(bridged.records).toMatchObject([
      { message: 'too many', error: described, fields: { 'error.type': 'RangeError' } },
      { message: 'failed', error: described, fields: { id: 7 } },
    ])
    expect(bridged.records[0]?.error?.stack).toMatch(/^RangeError: too many\n {4}at /)
  })

  test('of a child has the bindings of all its parents, also those that are set later', () => {
    const child = log.child({ 'session.id': 's1' }).child({ step: 2 }, { msgPrefix: '> ' })
    child.info('one')
    child.setBindings({ step: 3 })
    child.info('two')
    expect(bridged.records.map(({ message, fields }) => [message, fields])).toEqual([
      ['> one', { 'session.id': 's1', step: 2 }],
      ['> two', { 'session.id': 's1', step: 3 }],
    ])
  })

  test('has what the program puts under the key of the message, or adds by a mixin', () => {
    pino({ messageKey: 'text', errorKey: 'failure', mixin: () => ({ zone: 'eu' }) }, lines).info({ text: 'said', a: 1 })
    pino({ errorKey: 'failure' }, lines).error({ failure: new TypeError('boom') })
    expect(bridged.records).toMatchObject([
      { message: 'said', fields: { a: 1, zone: 'eu' } },
      { message: 'boom', error: { type: 'TypeError' }, fields: {} },
    ])
  })

  test('hides what the logger hides, and has what its serializers and formatters make', () => {
    const serialized: unknown[] = []
    const req = (request: { url: string }): object => (serialized.push(request), { url: request.url })
    const err = (): object => ({ type: 'Hidden', message: 'not said' })
    pino({ redact: { paths: ['card', 'user.*', 'id', 'bound'] } }, lines)
      .child({ bound: 'x' })
      .info({ card: '4111', user: { name: 'Ann' }, other: 1 }, 'paid')
    pino({ serializers: { req, err } }, lines).info(
      { req: { url: '/x', socket: 1 }, err: new Error('pin 1234') },
      'served',
    )
    pino({ formatters: { log: (fields) => ({ keys: Object.keys(fields) }) }, nestedKey: 'in' }, lines).info(
      { pin: 1 },
      'in',
    )
    const hidden = '[Redacted]'
    expect(bridged.records).toMatchObject([
      { message: 'paid', fields: { card: hidden, user: { name: hidden }, other: 1, bound: hidden } },
      { message: 'served', fields: { req: { url: '/x' } }, error: { type: 'Hidden', message: 'not said' } },
      { message: 'in', fields: { in: { keys: ['pin'] } } },
    ])
    expect(serialized).toHaveLength(1)
  })

  test('has the time that the program gives it', () => {
    pino({ timestamp: () => ',"time":"2024-01-15T10:30:45.000Z"' }, lines).info('then')
    pino({ timestamp: pino.stdTimeFunctions.unixTime }, lines).info('now')
    expect(bridged.raw[0]?.timestamp).toBe('2024-01-15T10:30:45.000Z')
    expect(Math.abs(Date.parse(bridged.raw[1]?.timestamp ?? '') - Date.now())).toBeLessThan(5_000)
  })

  test('is not made below the level that clew has for the component', () => {
    pipeline.components.setLevels({ threshold: 9, components: { shop: 13 } })
    try {
      expect(getLogger('shop').enabled('INFO')).toBe(false)
      log.info('no')
      log.warn('yes')
    } finally {
      pipeline.components.setLevels({ threshold: 0, components: {} })
    }
    expect(bridged.only.message).toBe('yes')
    expect(lines.written).toHaveLength(2)
  })
})

describe('the context of the call', () => {
  test('is that of the record, and its ids stand in the line', () => {
    const span = trace.getTracer('test').startActiveSpan('work', (active) => {
      withContext({ 'clew.request.id': 'r1' }, () => log.info('inside'))
      return active.spanContext()
    })
    expect(bridged.only).toMatchObject({
      trace_id: span.traceId,
      span_id: span.spanId,
      fields: { 'clew.request.id': 'r1' },
    })
    expect(lines.last).toMatchObject({ trace_id: span.traceId, span_id: span.spanId, trace_flags: '01', msg: 'inside' })
  })

  test('leaves the ids that a program puts there itself', () => {
    trace.getTracer('test').startActiveSpan('work', () => {
      log.info({ trace_id: 'own' }, 'one')
      log.child({ trace_id: 'bound' }).info('two')
    })
    expect(lines.written.map((line) => line.match(/"trace_id":"[^"]*"/g))).toEqual([
      ['"trace_id":"own"'],
      ['"trace_id":"bound"'],
    ])
  })
})

test('a line is what it is without clew, outside of a span', () => {
  const say = (): string[] => {
    const kept = new Lines()
    const own = pino({ timestamp: false, redact: ['pin'], crlf: true }, kept)
    own.child({ a: 1 }).info({ pin: 1, b: [1n.toString()] }, 'x %d', 5)
    own.error(Object.assign(new Error('e'), { stack: 'fixed' }))
    return kept.written
  }
  const withClew = say()
  bridged.bridges[0]?.disable()
  expect(say()).toEqual(withClew)
})

test('what a logger throws is thrown, and an error of its own values is not ours', () => {
  const failing = pino(
    {},
    {
      write: () => {
        throw new Error('disk full')
      },
    },
  )
  expect(() => failing.info('x')).toThrow('disk full')
  expect(bridged.only.message).toBe('x')
  bridged.clear()
  const odd = {
    get secretive(): string {
      throw new Error('no')
    },
  }
  expect(() => log.info(odd, 'y')).toThrow('no')
  expect(bridged.records).toEqual([])
})

test('in place of the logger, clew alone says it', () => {
  bridged.stop()
  bridged = new Bridged({ pino: 'replace' })
  log.child({ a: 1 }).info('quiet')
  expect(lines.written).toEqual([])
  expect(bridged.only).toMatchObject({ message: 'quiet', fields: { a: 1 } })
})

test('afterwards pino is as it was', () => {
  const methods = (): unknown[] => {
    const found: unknown[] = []
    for (let at: unknown = log; at !== null; at = Object.getPrototypeOf(at))
      for (const symbol of Object.getOwnPropertySymbols(at))
        if (/pino\.(asJson|write)/.test(symbol.description ?? '')) found.push((at as Record<symbol, unknown>)[symbol])
    return found
  }
  const during = methods()
  bridged.bridges[0]?.disable()
  const before = methods()
  expect(during).toHaveLength(2)
  expect(before.some((method) => during.includes(method))).toBe(false)
  bridged.bridges[0]?.enable()
  bridged.bridges[0]?.enable()
  log.info('again')
  expect(bridged.only.message).toBe('again')
})
