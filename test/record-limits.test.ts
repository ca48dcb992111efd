import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { getLogger, init, type Clew, type InitOptions } from '../dist/src/index.js'
import { startReceiver, type OtlpReceiver } from './support/otlp-receiver.ts'

let receiver: OtlpReceiver
let home: string
let clew: Clew | undefined
beforeEach(async () => {
  receiver = await startReceiver()
  home = mkdtempSync(join(tmpdir(), 'clew-limits-'))
})
afterEach(async () => {
  await clew?.shutdown()
  await receiver.close()
  rmSync(home, { recursive: true, force: true })
})

const start = (options: InitOptions): void => {
  const console = { enabled: false }
  clew = init({ service: 'limits', level: 'INFO', console, home, otlp: { endpoint: receiver.url }, ...options })
}
const bodies = (): unknown[] => receiver.logs.map(({ body }) => body)

test('what a rule of volume leaves out is counted in a record when the program ends', async () => {
  start({ volume: [{ component: 'chatty', sample: 0 }] })
  for (let i = 0; i < 3; i++) getLogger('chatty').info('too much')
  getLogger('other').info('fine')
  await clew?.shutdown()
  expect(bodies()).toEqual(['fine', '3 records left out'])
  expect(receiver.logs[1]?.attributes).toMatchObject({
    'clew.left_out.sampled': 3,
    'clew.left_out.example': 'too much',
  })
})

test('a failing trace brings out what was below its level, and a good one does not', async () => {
  start({ flightRecorder: true })
  const log = getLogger('orders')
  log.operation('good', () => log.debug('quiet'))
  const fail = (): void =>
    log.operation('bad', () => {
      log.debug('what led to it', { step: 1 })
      throw new Error('no')
    })
  expect(fail).toThrow('no')
  await clew?.flush()
  expect(bodies().toSorted()).toEqual(['bad failed', 'good completed', 'what led to it'])
  const [held] = receiver.logs.filter(({ body }) => body === 'what led to it')
  expect(held).toMatchObject({ severityText: 'DEBUG', attributes: { step: 1, 'clew.operation': 'bad' } })
})

test('a level that is changed at run time is changed, and the audit lane says by what', async () => {
  start({})
  clew?.setLevel('DEBUG', { component: 'ord*', where: { 'user.id': 'u1' } })
  getLogger('orders').child({ 'user.id': 'u1' }).debug('seen')
  getLogger('orders').child({ 'user.id': 'u2' }).debug('not seen')
  await clew?.flush()
  expect(bodies().toSorted()).toEqual(['level changed', 'seen'])
  const [change] = receiver.logs.filter(({ body }) => body === 'level changed')
  expect(change?.attributes).toMatchObject({
    'clew.channel': 'audit',
    'clew.level': 'DEBUG',
    'clew.level.component': 'ord*',
    'clew.level.changed_by': 'call',
  })
  expect(() => clew?.setLevel('LOUD' as never)).toThrow('setLevel: found "LOUD"')
})

test('wrong rules are all told at once', () => {
  const volume = [{ sample: 2, perSecond: 0, below: 'LOUD' }] as never
  expect(() => start({ volume, flightRecorder: { maxRecords: 0 } })).toThrow(
    /volume\.0\.below.*volume\.0\.sample.*volume\.0\.perSecond.*flightRecorder/s,
  )
})
