import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { getLogger, init, type Clew, type InitOptions } from '../dist/src/index.js'
import { startReceiver, type OtlpReceiver } from './support/otlp-receiver.ts'
import { runProgram } from './support/program.ts'
import { until } from './support/until.ts'

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
  // The receiver is a server in this process, too: its requests would be records among the others.
  const otlp = { endpoint: receiver.url }
  clew = init({ service: 'limits', level: 'INFO', console, home, otlp, http: false, ...options })
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

test.each(['natural', 'shutdown', 'exit', 'signal', 'throw'])(
  'what was left out, and what was counted, is told at a %s end of the process',
  async (way) => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, CLEW_HOME: home }
    await runProgram('test/fixtures/limited.mjs', [way], environment)
    await until('records', () => receiver.logs.length > 1)
    const told = receiver.logs.filter(({ scope }) => scope.name === 'chatty')
    expect(told.map(({ body }) => body)).toEqual(['3 records left out', 'counted'])
    expect(told[1]?.attributes).toMatchObject({ 'tick.count': 3 })
  },
)

test('counters stand on the closing record of a request, and what comes later is told apart', async () => {
  start({ http: true })
  const log = getLogger('rows')
  const afterwards = Promise.withResolvers<void>()
  const server = createServer((_request, response) => {
    log.operation('read', () => log.count('rows', 40))
    log.count('rows', 2)
    setTimeout(() => response.end('ok'), 1)
    response.on('close', () => {
      setImmediate(() => {
        log.count('rows', 7)
        afterwards.resolve()
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/rows`)).text()
  await afterwards.promise
  await new Promise((resolve) => server.close(resolve))
  await clew?.shutdown()
  const rows = receiver.logs.filter(({ attributes }) => attributes['rows.count'] !== undefined)
  expect(Object.fromEntries(rows.map(({ body, attributes }) => [body, attributes['rows.count']]))).toEqual({
    'read completed': 40,
    'request completed': 42,
    counted: 7,
  })
})

test('counters stand on the closing record of a WebSocket session, however its messages are handled', async () => {
  start({ http: true })
  const log = getLogger('audio')
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) =>
      log.operation('chunk', { level: 'DEBUG' }, () => log.count('audio.chunk', { bytes: data.length })),
    )
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await new Promise((resolve) => client.once('open', resolve))
  for (const length of [10, 30]) client.send(Buffer.alloc(length))
  client.close()
  await new Promise((resolve) => client.once('close', resolve))
  await new Promise((resolve) => server.close(resolve))
  await clew?.shutdown()
  const ends = receiver.logs.filter(({ body }) => body === 'disconnected')
  const sums = ends.map(({ attributes }) =>
    ['count', 'bytes.sum', 'bytes.min', 'bytes.max'].map((sum) => attributes[`audio.chunk.${sum}`]),
  )
  expect(sums).toContainEqual([2, 40, 10, 30])
  expect(sums).toContainEqual([undefined, undefined, undefined, undefined])
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
  start({ http: true })
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
