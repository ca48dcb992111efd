import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startReceiver, type OtlpReceiver } from './support/otlp-receiver.ts'
import { runProgram } from './support/program.ts'

const INTERRUPTED = 'test/fixtures/interrupted.mjs'

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

const environment = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, CLEW_HOME: home })
const said = (): unknown[] => receiver.logs.map((entry) => entry.body)

describe('a program that answers signals', () => {
  test.each([
    ['once', { code: 7, signal: null }],
    ['alone', { code: null, signal: 'SIGTERM' }],
    ['twice', { code: null, signal: 'SIGTERM' }],
  ])('in the way "%s" ends as it would without clew', async (way, expected) => {
    const bare = await runProgram(INTERRUPTED, [way, 'bare'], {})
    const traced = await runProgram(INTERRUPTED, [way], environment())
    expect({ code: bare.code, signal: bare.signal }).toEqual(expected)
    expect({ code: traced.code, signal: traced.signal }).toEqual(expected)
    expect(traced.stderr).toBe('')
  })

  test('keeps what it said on disk, for the next process, when it dies of the signal at once', async () => {
    await runProgram(INTERRUPTED, ['alone'], environment())
    await runProgram(INTERRUPTED, ['once'], environment())
    expect(said()).toEqual(['said before the signal', 'said before the signal'])
  })
})

describe('a rejection that nobody handles', () => {
  const critical = (): unknown[] =>
    receiver.logs
      .filter((entry) => entry.severityText === 'CRITICAL')
      .map((entry) => [entry.body, entry.attributes['exception.message']])

  test.each(['rejection', 'thrown', 'primitive'])(
    'is one CRITICAL record when the program listens for it, in the way "%s", and changes nothing',
    async (way) => {
      const bare = await runProgram(INTERRUPTED, [way, 'bare'], {})
      const traced = await runProgram(INTERRUPTED, [way], environment())
      expect(critical()).toEqual([['unhandled rejection', 'not handled']])
      expect({ code: traced.code, signal: traced.signal }).toEqual({ code: bare.code, signal: bare.signal })
    },
  )

  test('is one when the program begins to listen later, and ends the program when it no longer does', async () => {
    const traced = await runProgram(INTERRUPTED, ['later'], environment())
    expect(critical()).toEqual([
      ['unhandled rejection', 'not handled'],
      ['unhandled rejection', 'the end'],
    ])
    expect(traced.code).toBe(1)
    expect(traced.stderr).toContain('Error: the end')
  })
})

test("init() does nothing in clew's own delivery worker", async () => {
  const { stdout, stderr } = await runProgram('test/fixtures/worker.mjs', [], environment())
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({ running: false, flushed: true, recording: false })
})
