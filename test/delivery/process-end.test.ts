import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { runProgram } from '../support/program.ts'

const ENDING = 'test/fixtures/ending.mjs'
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

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

const said = (): unknown[] =>
  receiver.logs.filter((entry) => entry.body === 'said before the end').map((entry) => entry.attributes['n'])
const environment = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, CLEW_HOME: home })

describe.each(['natural', 'exit', 'sigterm', 'throw', 'reject'])('a program that ends by %s', (way) => {
  test('delivers every record, in order, and ends as it would without clew', async () => {
    const bare = await runProgram(ENDING, [way, '100', 'bare'], {})
    const traced = await runProgram(ENDING, [way], environment())
    expect(said()).toEqual(numbers(100))
    expect({ code: traced.code, signal: traced.signal }).toEqual({ code: bare.code, signal: bare.signal })
  })

  test('delivers every record when nothing can be spooled to disk', async () => {
    await runProgram(ENDING, [way], { ...environment(), CLEW_HOME: '/dev/null/no-place' })
    expect(said()).toEqual(numbers(100))
  })
})

test('10,000 records said in one tick all arrive at shutdown', async () => {
  await runProgram(ENDING, ['shutdown', '10000'], environment())
  expect(said()).toEqual(numbers(10_000))
})

test.each([
  ['throw', 'uncaught exception', 'nobody catches this'],
  ['reject', 'unhandled rejection', 'nobody handles this'],
])('what ends a program by %s is a CRITICAL record with its stack', async (way, message, reason) => {
  await runProgram(ENDING, [way], environment())
  const last = receiver.logs.filter((entry) => entry.severityText === 'CRITICAL')
  expect(last.map((entry) => [entry.body, entry.attributes['exception.message']])).toEqual([[message, reason]])
  expect(last[0]?.attributes['exception.stacktrace']).toContain('ending.mjs')
})

test('what was delivered leaves nothing in the spool', async () => {
  await runProgram(ENDING, ['natural'], environment())
  expect(await readdir(join(home, 'spool', 'ending'))).toEqual([])
})

test('a process that ends while the collector is down keeps its records for the next one', async () => {
  receiver.answer = () => ({ status: 503 })
  const down = await runProgram(ENDING, ['exit'], environment())
  expect(down.code).toBe(1)
  expect(said()).toEqual([])
  receiver.answer = () => ({ status: 200 })
  await runProgram(ENDING, ['natural', '1'], environment())
  expect(said().toSorted((a, b) => Number(a) - Number(b))).toEqual([0, ...numbers(100)])
})
