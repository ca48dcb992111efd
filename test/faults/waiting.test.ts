import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createServer } from 'node:tls'
import { generate } from 'selfsigned'
import { expect, test, type TestContext } from 'vitest'
import { healthy, status, type FaultReceiver } from './receiver.ts'
import { dropped, NOTHING_WRONG, Trial } from './trial.ts'

// What waits for a receiver: in an outage, through kills, for a good address, and whatever the clock says.

const RECORDS = 1_000
const PER_SECOND = 2_000
/** Far more than clew may take, since the machine is busy with other tests. */
const MAX_P99_MILLIS = 300

test.concurrent.for<[number, string, (receiver: FaultReceiver) => Promise<void> | void]>([
  [60, 'no receiver at all', (receiver) => receiver.close()],
  [10, 'a receiver that takes nothing', (receiver) => void (receiver.behave = status(503))],
])('%i s of %s lose nothing, and all arrives in order', async ([seconds, , away], context) => {
  const trial = await Trial.open(context)
  const speaker = trial.start('speaker')
  await speaker.ask('say', { count: 100 })
  expect(await speaker.ask('flush')).toBe(true)
  await away(trial.receiver)
  const late = await speaker.ask('speak', { perSecond: PER_SECOND, seconds, errorEvery: 10 })
  console.log(
    `event-loop delay in ${seconds} s without a receiver: p99 ${late.p99Millis.toFixed(1)} ms, most ${late.maxMillis.toFixed(1)} ms`,
  )
  expect(trial.receiver.logs).toHaveLength(100)
  await trial.receiver.close()
  await trial.receiver.open()
  trial.receiver.behave = healthy
  expect(await speaker.ask('flush')).toBe(true)
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 100 + seconds * PER_SECOND })
  expect(dropped(await speaker.ask('status'))).toBe(0)
  expect(late.p99Millis).toBeLessThan(MAX_P99_MILLIS)
})

const KILLS = 50
const LONGEST_LIFE_MILLIS = 500
/** A kill sends again what was under way: one request in each of two lanes. */
const LANES = 2
/** A block fills up within the time after which it is written; or does not. */
const PACES = [4_000, 300]

test.concurrent(
  'a program killed 50 times, with and without a receiver, loses nothing of what had to be written by then',
  async (context) => {
    const trial = await Trial.open(context)
    let up = true
    for (let i = 0; i < KILLS; i++) {
      const speaker = trial.start(`life-${i}`)
      await speaker.ready
      speaker.ask('speak', { perSecond: PACES[i % 2] as number, seconds: 60, errorEvery: 10 }).catch(() => {})
      // The life of the program, at a random moment of which its receiver comes or goes.
      const life = randomInt(LONGEST_LIFE_MILLIS)
      await delay(life / 2)
      if (randomInt(2) === 1) {
        up = !up
        await (up ? trial.receiver.open() : trial.receiver.close())
      }
      await delay(life / 2)
      await speaker.kill()
    }
    const { left } = await trial.drain()
    const { said, missing, doubles, ...account } = trial.account()
    console.log(
      `${KILLS} kills: ${said} records said, ${missing} of them were too young to be written, ${doubles} came twice in ${trial.receiver.doubledRequests} requests`,
    )
    expect(account).toEqual({ lost: 0, disorder: 0, damaged: 0 })
    expect(left).toEqual([])
    expect(said).toBeGreaterThan(5_000)
    expect(trial.receiver.doubledRequests).toBeLessThanOrEqual(KILLS * LANES)
  },
)

test.concurrent('what arrived before a program was killed is not sent again', async (context) => {
  const trial = await Trial.open(context)
  const speaker = trial.start('speaker')
  await speaker.ask('say', { count: RECORDS })
  expect(await speaker.ask('flush')).toBe(true)
  await speaker.kill()
  await trial.drain()
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: RECORDS + 1 })
})

/** The address of a port that speaks TLS, with a certificate of its own making. */
async function listenInTls({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<string> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }])
  const server = createServer({ key, cert })
  onTestFinished(() => void server.close())
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `//127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.concurrent.for<[string, (trial: Trial, context: TestContext) => Promise<string> | string]>([
  ['a host that is not known', () => 'http://collector.invalid:4318'],
  ['a network that is not there', () => 'http://[100::1]:4318'],
  ['a port that speaks in clear, in TLS', ({ receiver }) => receiver.url.replace('http:', 'https:')],
  ['a port that speaks TLS, in clear', async (_, context) => `http:${await listenInTls(context)}`],
  ['a port whose certificate nobody trusts', async (_, context) => `https:${await listenInTls(context)}`],
])('what was said to %s goes to a good address later', async ([, address], context) => {
  const trial = await Trial.open(context)
  const speaker = trial.start('speaker', { env: { OTEL_EXPORTER_OTLP_ENDPOINT: await address(trial, context) } })
  await speaker.ask('say', { count: RECORDS })
  expect(await speaker.ask('flush', { timeoutMillis: 1_000 })).toBe(false)
  expect((await speaker.end('natural', 100)).code).toBe(0)
  expect(trial.receiver.logs).toEqual([])
  const { left } = await trial.drain()
  expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: RECORDS + 101 })
  expect(left).toEqual([])
})

const DAY_MILLIS = 86_400_000
const YEAR_MILLIS = 365 * DAY_MILLIS
const SHIFTED = ['--import', './test/fixtures/shifted-clock.mjs']
/** clew looks at the system's clock once a second. */
const TO_NOTICE = { perSecond: 500, seconds: 2 }

test.concurrent(
  'a clock that is set back and ahead while a program runs loses nothing, and its records tell the time that was set',
  async (context) => {
    const trial = await Trial.open(context)
    await trial.receiver.close()
    const speaker = trial.start('speaker', { nodeOptions: SHIFTED })
    const began = Date.now()
    for (const shiftMillis of [0, -DAY_MILLIS, YEAR_MILLIS, 0]) {
      await speaker.ask('clock', { shiftMillis })
      await speaker.ask('speak', TO_NOTICE)
      await speaker.ask('say', { count: 10, level: 'error', fields: { shiftMillis } })
    }
    await trial.receiver.open()
    expect(await speaker.ask('flush')).toBe(true)
    expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 4 * 1_010 })
    expect(dropped(await speaker.ask('status'))).toBe(0)
    const elapsed = Date.now() - began
    const shifted = trial.receiver.logs.filter(({ attributes }) => 'shiftMillis' in attributes)
    expect(shifted).toHaveLength(40)
    for (const { timeMillis, attributes } of shifted) {
      const real = timeMillis - Number(attributes['shiftMillis'])
      expect(real).toBeGreaterThanOrEqual(began - 10)
      expect(real).toBeLessThanOrEqual(began + elapsed + 10)
    }
  },
)

test.concurrent.for([-YEAR_MILLIS, YEAR_MILLIS])(
  'what was left in the spool %i ms before goes out',
  async (shiftMillis, context) => {
    const trial = await Trial.open(context)
    await trial.receiver.close()
    const killed = trial.start('killed', { nodeOptions: SHIFTED })
    await killed.ask('clock', { shiftMillis })
    await killed.ask('say', { count: 100 })
    await killed.ask('settle')
    await killed.kill()
    const living = trial.start('living', { nodeOptions: SHIFTED })
    await living.ask('clock', { shiftMillis: -shiftMillis })
    await living.ask('say', { count: 100 })
    await trial.receiver.open()
    expect(await living.ask('flush')).toBe(true)
    await living.end('natural')
    expect(trial.account()).toEqual({ ...NOTHING_WRONG, said: 200 })
  },
)
