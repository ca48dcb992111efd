import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { runProgram, startProgram } from '../support/program.ts'
import { until } from '../support/until.ts'

const ENDING = 'test/instrumentations/websocket-fixtures/ending.mjs'
let receiver: OtlpReceiver
let home: string

beforeEach(async () => {
  receiver = await startReceiver()
  home = mkdtempSync(join(tmpdir(), 'clew-home-'))
})
afterEach(async () => {
  await receiver.close()
  rmSync(home, { recursive: true, force: true })
})

const environment = (): Record<string, string> => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, CLEW_HOME: home })

function told(event: string): Record<string, unknown>[] {
  return receiver.logs
    .filter((entry) => entry.eventName === event && entry.attributes['websocket.role'] === 'server')
    .map((entry) => entry.attributes)
}

it.each([
  ['throw', { code: 1, signal: null }],
  ['reject', { code: 1, signal: null }],
  ['exit', { code: 3, signal: null }],
  ['signal', { code: null, signal: 'SIGTERM' }],
  ['shutdown', { code: 0, signal: null }],
])('a session that is open when the program ends by "%s" ends properly, record and span', async (way, end) => {
  const { code, signal } = await runProgram(ENDING, [way], environment())
  expect({ code, signal }).toEqual(end)
  const last = { 'session.id': 'open', 'websocket.left_open': 'shutdown', 'websocket.messages.received': 1 }
  expect(told('websocket.connected')).toHaveLength(1)
  expect(told('websocket.disconnected')).toEqual([expect.objectContaining(last)])
  const sessions = receiver.spans.filter(({ name }) => name === 'websocket session')
  expect(sessions.map(({ attributes }) => attributes)).toContainEqual(expect.objectContaining(last))
  expect(sessions).toHaveLength(2)
})

it('a session that was broken off can be told by its silence', async () => {
  const program = startProgram(ENDING, ['kill'], environment())
  try {
    await until('a sign of life', () => told('websocket.summary').length > 1)
  } finally {
    program.child.kill('SIGKILL')
  }
  expect((await program.ended).signal).toBe('SIGKILL')
  const known = { 'session.id': 'open', 'websocket.role': 'server', 'websocket.summary_interval_ms': 50 }
  expect(told('websocket.connected')).toEqual([expect.objectContaining(known)])
  expect(told('websocket.summary').at(-1)).toMatchObject({ ...known, 'websocket.messages.received': 1 })
  // What it left on disk comes with the next process.
  await runProgram(ENDING, ['exit'], environment())
  const ends = told('websocket.disconnected')
  expect(ends).toHaveLength(1)
})
