import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { context, trace } from '@opentelemetry/api'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SUPPRESSED } from '../../../src/context/index.ts'
import { Bridged } from './bridged.ts'

let bridged: Bridged
let shown: string
const outer = globalThis.console

/** A console like Node's own, with what it shows kept. */
function ownConsole(): Console {
  const stream = new Writable({
    write(chunk, _encoding, done) {
      shown += String(chunk)
      done()
    },
  })
  return new Console({ stdout: stream, stderr: stream })
}

beforeEach(() => {
  shown = ''
  globalThis.console = ownConsole()
  bridged = new Bridged({ console: 'keep' })
})
afterEach(() => {
  bridged.stop()
  globalThis.console = outer
})

/** All that there is to say. */
function sayAll(): void {
  console.log('plain %s', 'text')
  console.info('\u001b[32mgreen\u001b[39m')
  console.debug({ id: 7, password: 'hunter2' })
  console.warn('order', { id: 7, password: 'hunter2' })
  console.error('failed', new RangeError('too many'))
  console.error(new TypeError('alone'))
  console.dir({ deep: { deeper: 1 } }, { depth: 0 })
  console.table([{ a: 1 }])
  console.count('hits')
  console.assert(false, 'no %d', 1)
  console.group('outer')
  console.log('inside')
  console.groupEnd()
  console.log()
  console.trace('here')
  console.log(new Map([['a', 1]]), [1, 2])
}

test('each call is one record, at the level of its method', () => {
  sayAll()
  const table = '┌─────────┬───┐\n│ (index) │ a │\n├─────────┼───┤\n│ 0       │ 1 │\n└─────────┴───┘'
  expect(bridged.records.map(({ level, message, fields }) => [level, message, fields])).toEqual([
    ['INFO', 'plain text', {}],
    ['INFO', 'green', {}],
    ['DEBUG', '{"id":7,"password":"[REDACTED]"}', {}],
    ['WARNING', 'order', { id: 7, password: '[REDACTED]' }],
    ['ERROR', 'failed RangeError: too many', { 'error.type': 'RangeError' }],
    ['ERROR', 'alone', { 'error.type': 'TypeError' }],
    ['INFO', '{"deep":{"deeper":1}}', {}],
    ['INFO', table, {}],
    ['INFO', 'hits: 1', {}],
    ['WARNING', 'Assertion failed: no 1', {}],
    ['INFO', 'outer', {}],
    ['INFO', 'inside', {}],
    ['DEBUG', 'here', { 'code.stacktrace': expect.stringMatching(/^ {4}at sayAll /) }],
    ['INFO', "Map(1) { 'a' => 1 } [ 1, 2 ]", {}],
  ])
  expect(bridged.records.filter(({ error }) => error !== undefined).map(({ error }) => error)).toMatchObject([
    { type: 'RangeError', message: 'too many' },
    { type: 'TypeError', message: 'alone' },
  ])
  expect(new Set(bridged.records.map(({ component }) => component))).toEqual(new Set(['console']))
})

test('the terminal shows what it shows without clew', () => {
  const withoutPlaces = (text: string): string => text.replaceAll(/:\d+:\d+/g, '')
  sayAll()
  const withClew = shown
  bridged.bridges[0]?.disable()
  shown = ''
  globalThis.console = ownConsole()
  sayAll()
  expect(withoutPlaces(withClew)).toBe(withoutPlaces(shown))
})

test('in place of the console, clew alone says it', () => {
  bridged.stop()
  bridged = new Bridged({ console: 'replace' })
  sayAll()
  expect(shown).toBe('')
  expect(bridged.records).toHaveLength(14)
})

test('a method may be bound, kept and compared', () => {
  const { log } = console
  expect([console.log === log, log.name, log.length]).toEqual([true, 'log', 0])
  log('kept')
  console.log.bind(undefined, 'bound')('more')
  expect(bridged.records.map(({ message }) => message)).toEqual(['kept', 'bound more'])
})

test('records have the context of their call', () => {
  const span = trace.getTracer('test').startActiveSpan('work', (active) => {
    console.log('inside')
    return active.spanContext()
  })
  expect(bridged.only).toMatchObject({ trace_id: span.traceId, span_id: span.spanId })
})

describe('nothing is said twice or for ever', () => {
  test('when a value of a record speaks itself', () => {
    const value = {
      toJSON() {
        console.log('from toJSON')
        return 'x'
      },
    }
    console.log('outer', { value })
    expect(bridged.records.map(({ message }) => message)).toEqual(['outer'])
    expect(shown).toContain('from toJSON')
  })

  test('when an exporter speaks while it works', () => {
    context.with(SUPPRESSED, () => console.log('exported'))
    expect(bridged.records).toEqual([])
    expect(shown).toBe('exported\n')
  })

  test('when another logger writes by the console', () => {
    bridged.stop()
    bridged = new Bridged({ console: 'keep', pino: 'keep' })
    pino({ name: 'shop' }, { write: (line) => console.log(line.trim()) }).info('once')
    expect(bridged.only).toMatchObject({ component: 'shop', message: 'once' })
    expect(JSON.parse(shown)).toMatchObject({ msg: 'once' })
  })
})

test('afterwards the console is as it was; what was put over it meanwhile stays', () => {
  const { warn } = console
  const own = (...call: unknown[]): void => warn('own', ...call)
  console.warn = own
  bridged.bridges[0]?.disable()
  expect(console.warn).toBe(own)
  console.warn('x')
  console.log('y')
  expect(bridged.records).toEqual([])
  expect(shown).toBe('own x\ny\n')
})
