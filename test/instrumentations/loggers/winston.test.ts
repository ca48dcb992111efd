import { trace } from '@opentelemetry/api'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import winston from 'winston'
import { until } from '../../support/until.ts'
import { Bridged } from './bridged.ts'

const { combine, colorize, errors, json, label, splat, timestamp } = winston.format

let bridged: Bridged
let written: string[]
beforeEach(() => {
  bridged = new Bridged({ winston: 'keep', traceIds: true })
  written = []
})
afterEach(() => {
  bridged.stop()
})

function logger(options: winston.LoggerOptions = {}, delayMillis?: number): winston.Logger {
  const stream = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      written.push(line)
      if (delayMillis === undefined) done()
      else setTimeout(done, delayMillis)
    },
  })
  return winston.createLogger({ transports: [new winston.transports.Stream({ stream })], ...options })
}

describe('a record', () => {
  test('is what the format makes of an entry: message, fields without secrets', () => {
    const format = combine(label({ label: 'shop' }), timestamp(), splat(), colorize({ all: true }), json())
    logger({ format, defaultMeta: { zone: 'eu' } }).info('order %s placed', 'o7', { id: 7, token: 'abc' })
    expect(bridged.only).toEqual({
      level: 'INFO',
      component: 'shop',
      message: 'order o7 placed',
      fields: { zone: 'eu', id: 7, token: '[REDACTED]' },
    })
  })

  test('hides what a format hides, and is none when a format leaves the entry out', () => {
    const hide = winston.format((entry) => (entry['private'] === true ? false : { ...entry, note: 'hidden' }))
    const log = logger({ format: combine(hide(), json()) })
    log.info('shown', { note: 'shown' })
    log.info('not shown', { private: true })
    expect(bridged.only).toMatchObject({ message: 'shown', fields: { note: 'hidden' } })
    expect(written).toHaveLength(1)
  })

  test.each([
    ['npm', winston.config.npm.levels, [17, 13, 9, 7, 6, 5, 1]],
    ['syslog', winston.config.syslog.levels, [23, 22, 21, 17, 13, 10, 9, 5]],
    ["the program's own", { boom: 0, hm: 1, well: 2 }, [17, 9, 1]],
  ])('has a severity for each level of %s', (_, levels, numbers) => {
    const log = logger({ levels, level: Object.keys(levels).at(-1) as string })
    for (const level of Object.keys(levels)) log.log(level, level)
    expect(bridged.raw.map(({ otlp }) => otlp.severityNumber)).toEqual(numbers)
  })

  test('is not made below the level of the logger and its transports', () => {
    const log = logger()
    log.debug('no')
    log.info('yes')
    expect(bridged.only.message).toBe('yes')
  })

  test('of an error has its class, message and stack', () => {
    const error = new RangeError('too many')
    const log = logger({ format: combine(errors({ stack: true }), json()) })
    log.error(error)
    log.error('failed', error)
    log.error({ message: 'told', stack: 'Error: told\n    at x' })
    expect(bridged.records).toMatchObject([
      { message: 'too many', error: { type: 'RangeError', message: 'too many' }, fields: {} },
      { message: 'failed too many', error: { type: 'RangeError', message: 'too many' }, fields: {} },
      { message: 'told', error: { type: 'Error', message: 'told', stack: 'Error: told\n    at x' }, fields: {} },
    ])
  })

  test('of a child has its fields', () => {
    logger().child({ 'session.id': 's1' }).warn('said', { step: 2 })
    expect(bridged.only).toMatchObject({ level: 'WARNING', fields: { 'session.id': 's1', step: 2 } })
  })
})

describe('the context of the call', () => {
  test('is that of the record, and its ids stand in the line', () => {
    const span = trace.getTracer('test').startActiveSpan('work', (active) => {
      logger().info('inside')
      return active.spanContext()
    })
    const ids = { trace_id: span.traceId, span_id: span.spanId }
    expect(bridged.only).toMatchObject({ ...ids, fields: {} })
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ ...ids, trace_flags: '01' })
  })

  test('stays that of an entry which has to wait for slow transports', async () => {
    const log = logger({}, 1)
    const count = 60
    for (let n = 0; n < count; n++)
      trace.getTracer('test').startActiveSpan('work', (span) => log.info('waits', { span: span.spanContext().spanId }))
    await until('all lines', () => written.length === count)
    await sleep(1)
    expect(bridged.records.map(({ span_id }) => span_id)).toEqual(bridged.records.map(({ fields }) => fields['span']))
    expect(bridged.records).toHaveLength(count)
  })

  test('of an entry that comes again is that of its last call', () => {
    const entry = { level: 'info', message: 'again' }
    const log = logger()
    trace.getTracer('test').startActiveSpan('one', () => log.log(entry))
    log.log(entry)
    log.log({ level: 'info', message: 'own', trace_id: 'mine' })
    expect(written.map((line) => (JSON.parse(line) as { trace_id?: string }).trace_id)).toEqual([
      bridged.records[0]?.trace_id,
      undefined,
      'mine',
    ])
  })
})

test('a line is what it is without clew, outside of a span', () => {
  const say = (): string[] => {
    written = []
    const log = logger({ format: combine(splat(), json()) })
    log.child({ a: 1 }).info('x %d', 5, { b: { c: 1 } })
    log.error('bad', Object.assign(new Error('e'), { stack: 'fixed' }))
    log.log({ level: 'warn', message: 'plain' })
    return written
  }
  const withClew = say()
  bridged.bridges[0]?.disable()
  expect(say()).toEqual(withClew)
})

test('a format that throws still does, and nothing is recorded', () => {
  const throws = winston.format(() => {
    throw new Error('no format')
  })
  expect(() => logger({ format: throws() }).info('x')).toThrow('no format')
  expect(bridged.records).toEqual([])
})

test('in place of the logger, clew alone says it', () => {
  bridged.stop()
  bridged = new Bridged({ winston: 'replace' })
  const log = logger()
  log.info('quiet', { a: 1 })
  expect(written).toEqual([])
  expect(bridged.only).toMatchObject({ message: 'quiet', fields: { a: 1 } })
})

test('errors that nobody caught are left to the record that clew makes of them', () => {
  logger().log({ level: 'error', message: 'uncaughtException: x', exception: true })
  expect(bridged.records).toEqual([])
})
