import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
// The build: the metrics SDK is loaded by require(), which older Nodes can't do with TypeScript.
import { init, type Clew, type InitOptions } from '../../dist/src/index.js'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'

/** A temporary directory for one test. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'clew-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

/** A receiver for one test. */
export async function receiverOfTest(): Promise<OtlpReceiver> {
  const receiver = await startReceiver()
  onTestFinished(() => receiver.close())
  return receiver
}

/** A running clew without instrumentations, for one test, and where its telemetry goes. */
export async function startClew(options: InitOptions = {}): Promise<{ clew: Clew; receiver: OtlpReceiver }> {
  const receiver = await receiverOfTest()
  const clew = init({
    service: 'test',
    home: temporaryHome(),
    console: { enabled: false },
    otlp: { endpoint: receiver.url },
    http: false,
    websocket: false,
    redis: false,
    ...options,
  })
  onTestFinished(() => clew.shutdown())
  return { clew, receiver }
}
