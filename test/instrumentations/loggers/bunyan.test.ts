import { trace } from '@opentelemetry/api'
import bunyan from 'bunyan'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Bridged, Lines } from './bridged.ts'

let bridged: Bridged
let lines: Lines
let log: bunyan
beforeEach(() => {
  bridged = new Bridged({ bunyan: 'keep', traceIds: true })
  lines = new Lines()
  log = logger(lines)
})
afterEach(() => {
  bridged.stop()
})

function logger(stream: object): bunyan {
  return bunyan.createLogger({
    name: 'shop',
    stream: stream as NodeJS.WritableStream,
    level: 'trace',
    serializers: { ...bunyan.stdSerializers, req: ({ url }: { url: string }) => ({ url }) },
  })
}

test('a record has the message as bunyan formats it, the fields without secrets, and the component', () => {
  log.child({ part: 'till' }).warn({ id: 7, password: 'hunter2', req: { url: '/x', socket: 1 } }, 'order %s', 'o7')
  expect(bridged.only).toEqual({
    level: 'WARNING',
    component: 'shop',
    message: 'order o7',
    fields: { part: 'till', id: 7, password: '[REDACTED]', req: { url: '/x' } },
  })
  expect(lines.last).toMatchObject({ name: 'shop', level: 40, part: 'till', password: 'hunter2', msg: 'order o7' })
})

test('a record of an error has its class, message and stack', () => {
  log.error(new RangeError('too many'), 'failed')
  log.fatal(new Error('plain'))
  expect(bridged.records).toMatchObject([
    { level: 'ERROR', message: 'failed', error: { type: 'RangeError', message: 'too many' }, fields: {} },
    { level: 'CRITICAL', message: 'plain', error: { type: 'Error', message: 'plain' }, fields: {} },
  ])
})

test('a record has the time that the program gives it', () => {
  log.info({ time: new Date('2024-01-15T10:30:45Z') }, 'then')
  expect(bridged.raw[0]?.timestamp).toBe('2024-01-15T10:30:45.000Z')
})

test('the context of the call is that of the record, and its ids stand in the line', () => {
  const span = trace.getTracer('test').startActiveSpan('work', (active) => {
    log.info('inside')
    return active.spanContext()
  })
  const ids = { trace_id: span.traceId, span_id: span.spanId }
  expect(bridged.only).toMatchObject({ ...ids, fields: {} })
  expect(lines.last).toMatchObject({ ...ids, trace_flags: '01' })
})

test('a line is what it is without clew, outside of a span', () => {
  const say = (): string[] => {
    const kept = new Lines()
    const own = logger(kept)
    own.child({ a: 1 }).info({ b: { c: 1 }, time: new Date(0) }, 'x %d', 5)
    return kept.written
  }
  const withClew = say()
  bridged.bridges[0]?.disable()
  expect(say()).toEqual(withClew)
})

test('what a stream throws is thrown', () => {
  const failing = logger({
    write() {
      throw new Error('disk full')
    },
  })
  expect(() => failing.info('x')).toThrow('disk full')
  expect(bridged.only.message).toBe('x')
})

test('in place of the logger, clew alone says it', () => {
  bridged.stop()
  bridged = new Bridged({ bunyan: 'replace' })
  log.info({ a: 1 }, 'quiet')
  expect(lines.written).toEqual([])
  expect(bridged.only).toMatchObject({ message: 'quiet', fields: { a: 1 } })
})
