import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
// The build: the delivery worker is started from it.
import { audit, AuditError, getLogger, init, type InitOptions } from '../../dist/src/index.js'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'

let home: string
let receiver: OtlpReceiver
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'clew-'))
  receiver = await startReceiver()
})
afterEach(async () => {
  await receiver.close()
  await rm(home, { recursive: true, force: true })
})

function outcome(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return error
  }
}

const options = (): InitOptions => ({
  service: 'test',
  environment: 'test',
  home,
  console: { enabled: false },
  otlp: { endpoint: receiver.url },
  http: false,
  websocket: false,
  redis: false,
})

test('an audit record stands on the disk when the call answers, whatever the level, and arrives', async () => {
  const clew = init({ ...options(), level: 'off', volume: [{ sample: 0, below: 'CRITICAL' }] })
  try {
    expect(clew.status().audit).toEqual({ ready: true, unwritten: 0 })
    getLogger('a').error('off')
    expect(audit.userAction({ user: 'u1', action: 'resume_upload' })).toBe(true)
    expect(clew.status().delivery?.waiting.spool.entries).toBe(1)
    expect(await clew.flush()).toBe(true)
    expect(receiver.logs.map(({ body }) => body)).toEqual(['resume_upload SUCCESS'])
  } finally {
    await clew.shutdown()
  }
})

test.each([
  ['note', false],
  ['throw', new AuditError('USER_ACTION')],
] as const)('where there is no disk the call says so (onFailure: %s)', async (onFailure, expected) => {
  const file = join(home, 'file')
  await writeFile(file, 'not a directory')
  const clew = init({ ...options(), home: file, audit: { onFailure } })
  try {
    expect(outcome(() => audit.login({ user: 'u1' }))).toEqual(expected)
    expect(clew.status().audit).toEqual({ ready: false, unwritten: 1 })
    await clew.flush()
    expect(receiver.logs.map(({ body }) => body)).toEqual(['login SUCCESS'])
  } finally {
    await clew.shutdown()
  }
  expect(await readFile(file, 'utf8')).toBe('not a directory')
})

test('before init() and after shutdown() a call answers false', async () => {
  expect(audit.login({ user: 'u1' })).toBe(false)
  await init({ ...options(), audit: { onFailure: 'throw' } }).shutdown()
  expect(audit.login({ user: 'u1' })).toBe(false)
})
