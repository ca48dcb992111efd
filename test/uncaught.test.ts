import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startReceiver, type OtlpReceiver } from './support/otlp-receiver.ts'
import { runProgram } from './support/program.ts'

let receiver: OtlpReceiver
let home: string
beforeEach(async () => {
  receiver = await startReceiver()
  home = await mkdtemp(join(tmpdir(), 'clew-'))
})
afterEach(async () => {
  await receiver.close()
  await rm(home, { recursive: true, force: true })
})

/** The program's end, with clew and without, and what was recorded. */
async function run(way: string, what = 'error', nodeOptions: readonly string[] = [], variables = {}) {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, CLEW_HOME: home, ...variables }
  const start = (withClew: string) =>
    runProgram('test/fixtures/uncaught.mjs', [way, what, withClew], environment, nodeOptions)
  const [bare, traced] = await Promise.all([start('bare'), start('clew')])
  expect({ code: traced.code, signal: traced.signal }).toEqual({ code: bare.code, signal: bare.signal })
  return { code: traced.code, stderr: traced.stderr, bareStderr: bare.stderr }
}

const recorded = () =>
  receiver.logs.map(({ body, severityText, attributes }) => [
    severityText,
    body,
    attributes['exception.type'],
    attributes['exception.message'],
  ])
const LOST = ['RangeError', 'nobody catches this']

describe('what is thrown and not caught', () => {
  test.each([
    ['error', LOST],
    ['string', ['string', 'just text']],
    ['undefined', ['undefined', 'undefined']],
    ['null', ['null', 'null']],
  ])('is a CRITICAL record, and ends the program with 1: %s', async (what, error) => {
    expect((await run('throw', what)).code).toBe(1)
    expect(recorded()).toEqual([['CRITICAL', 'uncaught exception', ...error]])
  })

  test('has its code and its stack', async () => {
    await run('throw')
    expect(receiver.logs[0]?.attributes).toMatchObject({
      'error.type': 'E_LOST',
      'exception.stacktrace': expect.stringMatching(/^RangeError: nobody catches this\n {4}at .*uncaught\.mjs/),
    })
  })

  test.each([
    ['heard', 'by a listener'],
    ['captured', 'by a callback'],
  ])('and is answered %s %s is one too, and the program goes on', async (way) => {
    expect((await run(way)).code).toBe(0)
    expect(recorded()).toEqual([['CRITICAL', 'uncaught exception', ...LOST]])
  })

  test('before its listener breaks is on disk for the next process', async () => {
    expect((await run('worse')).code).toBe(7)
    await run('heard', 'string')
    expect(recorded()).toContainEqual(['CRITICAL', 'uncaught exception', ...LOST])
  })

  test('in a worker thread is one record of that thread', async () => {
    expect((await run('worker')).code).toBe(5)
    expect(recorded()).toEqual([['CRITICAL', 'uncaught exception', ...LOST]])
  })
})

describe('a rejection that nobody handles', () => {
  test.each([
    ['error', LOST],
    // Node wraps what is no error.
    ['string', ['UnhandledPromiseRejection', expect.stringContaining('the reason "just text"')]],
  ])('is a CRITICAL record, and ends the program with 1: %s', async (what, error) => {
    expect((await run('reject', what)).code).toBe(1)
    expect(recorded()).toEqual([['CRITICAL', 'unhandled rejection', ...error]])
  })

  test.each([
    ['strict', 1],
    ['throw', 1],
    ['warn', 0],
    ['none', 0],
  ])('is one with --unhandled-rejections=%s, and the program ends with %i as it would', async (mode, code) => {
    const end = await run('reject', 'error', [`--unhandled-rejections=${mode}`])
    expect(end.code).toBe(code)
    expect(recorded()).toEqual([['CRITICAL', 'unhandled rejection', ...LOST]])
    const withoutNumbers = (text: string): string => text.replaceAll(/node:\d+|^ {4}at .*\n/gm, '')
    expect(withoutNumbers(end.stderr)).toBe(withoutNumbers(end.bareStderr))
  })

  test('is one when the mode stands in NODE_OPTIONS', async () => {
    const end = await run('reject', 'error', [], { NODE_OPTIONS: '--unhandled-rejections=none' })
    expect([end.code, recorded()]).toEqual([0, [['CRITICAL', 'unhandled rejection', ...LOST]]])
  })
})
