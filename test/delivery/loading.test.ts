import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { runProgram } from '../support/program.ts'

let home: string
let receiver: OtlpReceiver

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'clew-loading-'))
  receiver = await startReceiver()
})
afterEach(async () => {
  await receiver.close()
  await rm(home, { recursive: true, force: true })
})

/** What sending takes is loaded in the delivery thread; what instruments HTTP needs its classes, but not `fetch`. */
test.each([
  ['bare', []],
  ['instrumented', ['http', 'https', 'tls']],
])('the main thread of a %s program loads %j to send a record', async (way, loaded) => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, CLEW_HOME: home }
  const { stdout } = await runProgram('test/fixtures/loaded.mjs', [way], environment)
  expect(JSON.parse(stdout)).toEqual({ sent: true, loaded })
})
