import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { runProgram } from '../support/program.ts'

let receiver: OtlpReceiver
let home: string
beforeEach(async () => {
  receiver = await startReceiver()
  home = mkdtempSync(join(tmpdir(), 'clew-captured-'))
})
afterEach(async () => {
  await receiver.close()
  rmSync(home, { recursive: true })
})

test('what is captured while clew runs goes nowhere else; its outputs, processors, levels and globals are as before', async () => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRICS_EXPORTER: 'none', CLEW_HOME: home }
  const { code, stdout, stderr } = await runProgram('test/fixtures/captured.mjs', [], environment)
  expect(code).toBe(0)
  expect(JSON.parse(stderr)).toEqual({
    heard: {
      before: [['before', 'person'], ['before']],
      while: [['captured', 'captured'], ['captured']],
      after: [['after'], ['after']],
      around: [
        ['first', 'second', 'third'],
        ['first', 'second', 'third'],
      ],
    },
    redacted: { nickname: '[REDACTED]', password: '[REDACTED]' },
    debug: false,
    said: 4,
    processed: ['outside', 'outside', 'outside again', 'outside again'],
  })
  const outside = ['outside', 'outside again']
  const printed = stdout.trim().split('\n')
  expect(printed.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(outside)
  expect(receiver.logs.map(({ body }) => body)).toEqual(outside)
  expect(receiver.logs[0]?.attributes['nickname']).toBe('[REDACTED]')
  expect(printed[0]).toContain('"nickname":"[REDACTED]"')
  expect(receiver.spans.map(({ name }) => name)).toEqual(outside)
})
