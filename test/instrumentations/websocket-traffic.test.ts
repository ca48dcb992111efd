import { metrics } from '@opentelemetry/api'
import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { untilPasses } from '../support/until-passes.ts'
import { SessionTrial } from './websocket-trial.ts'
import { Telemetry } from './websocket-telemetry.ts'

class Reader extends MetricReader {
  protected onForceFlush = (): Promise<void> => Promise.resolve()
  protected onShutdown = (): Promise<void> => Promise.resolve()
}

const telemetry = new Telemetry()
let trial: SessionTrial

beforeAll(() => telemetry.start())
afterAll(() => telemetry.stop())
afterEach(async () => {
  await trial.stop()
  telemetry.clear()
})

function ended(role: string): Record<string, unknown> {
  return telemetry.said('disconnected', role)[0]?.fields ?? {}
}

function echo(): void {
  trial.server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))
}

async function answers(client: WebSocket, count: number): Promise<void> {
  let answered = 0
  client.on('message', () => answered++)
  await untilPasses(() => expect(answered).toBe(count))
}

describe.each([
  ['with compression', { perMessageDeflate: { threshold: 0 } }],
  ['without compression', {}],
])('messages and their bytes, %s,', (_, options) => {
  it('are told by direction and kind, as the application gave them', async () => {
    trial = await SessionTrial.start({}, options)
    echo()
    await trial.visit('/', async (client) => {
      const answered = answers(client, 4)
      client.send('x'.repeat(10_000))
      client.send('über')
      client.send(Buffer.alloc(2_000))
      client.send('one, ', { fin: false })
      client.send('two, ', { fin: false })
      client.send('three', { fin: true })
      await answered
    })
    const counts = {
      'websocket.messages.received': 4,
      'websocket.messages.sent': 4,
      'websocket.bytes.received': 12_020,
      'websocket.bytes.sent': 12_020,
      'websocket.messages.received_text': 3,
      'websocket.bytes.received_text': 10_020,
      'websocket.messages.received_binary': 1,
      'websocket.bytes.received_binary': 2_000,
      'websocket.messages.sent_text': 3,
      'websocket.bytes.sent_text': 10_020,
      'websocket.messages.sent_binary': 1,
      'websocket.bytes.sent_binary': 2_000,
    }
    expect(ended('server')).toMatchObject(counts)
    expect(ended('client')).toMatchObject(counts)
  })
})

describe('pings', () => {
  it('are counted at both ends, and timed where they were sent', async () => {
    trial = await SessionTrial.start()
    await trial.visit('/', async (client) => {
      for (const payload of [undefined, 'abc', Buffer.from([1, 2])]) {
        client.ping(payload)
        await once(client, 'pong')
      }
    })
    expect(ended('client')).toMatchObject({
      'websocket.messages.sent': 0,
      'websocket.messages.sent_ping': 3,
      'websocket.bytes.sent_ping': 5,
      'websocket.messages.received_pong': 3,
      'websocket.ping.count': 3,
      'websocket.ping.min_ms': expect.any(Number),
      'websocket.ping.mean_ms': expect.any(Number),
      'websocket.ping.max_ms': expect.any(Number),
    })
    expect(ended('server')).toMatchObject({ 'websocket.messages.received_ping': 3, 'websocket.messages.sent_pong': 3 })
    expect(ended('server')).not.toHaveProperty('websocket.ping.count')
  })

  it('are answered by the pong with their payload; one that nobody asked for is none', async () => {
    trial = await SessionTrial.start({}, { autoPong: false })
    trial.server.on('connection', (socket) => {
      socket.pong('unasked')
      socket.on('ping', (data) => setTimeout(() => socket.pong(data), 30))
    })
    const client = await trial.open()
    client.ping('slow')
    await untilPasses(async () => expect(String((await once(client, 'pong'))[0])).toBe('slow'))
    client.close()
    await trial.closed()
    expect(ended('client')).toMatchObject({ 'websocket.ping.count': 1, 'websocket.messages.received_pong': 2 })
    expect(ended('client')['websocket.ping.min_ms']).toBeGreaterThan(20)
  })
})

it('what waits to be sent is told at its highest', async () => {
  trial = await SessionTrial.start()
  const connected = once(trial.server, 'connection')
  const client = await trial.open()
  const [socket] = (await connected) as [WebSocket]
  client.pause()
  for (let i = 0; i < 40; i++) socket.send(Buffer.alloc(1_000_000))
  const { bufferedAmount } = socket
  expect(bufferedAmount).toBeGreaterThan(1_000_000)
  client.resume()
  await untilPasses(() => expect(socket.bufferedAmount).toBe(0))
  client.close()
  await trial.closed()
  expect(ended('server')['websocket.buffered.max_bytes']).toBe(bufferedAmount)
  expect(ended('client')['websocket.buffered.max_bytes']).toBe(0)
})

function readMetrics(): MetricReader {
  const reader = new Reader({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE })
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  return reader
}

/** The values of all metrics, by name and attributes. */
async function collect(reader: MetricReader): Promise<Record<string, unknown>> {
  const { resourceMetrics } = await reader.collect()
  const points = resourceMetrics.scopeMetrics
    .flatMap(({ metrics: all }) => all)
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => {
        const labels = Object.values(attributes).join(' ')
        return [`${descriptor.name} ${labels}`, typeof value === 'number' ? value : value.count] as const
      }),
    )
  return Object.fromEntries(points)
}

it('all of it is in metrics, added up when they are collected', async () => {
  const reader = readMetrics()
  try {
    trial = await SessionTrial.start()
    echo()
    const client = await trial.open()
    client.send('hello')
    await once(client, 'message')
    client.ping()
    await once(client, 'pong')
    const open = await collect(reader)
    expect(open).toMatchObject({ 'websocket.active_sessions server': 1, 'websocket.active_sessions client': 1 })
    client.close(1000)
    await trial.closed()
    const traffic = (role: string, direction: string, kind: string, [messages, bytes]: number[]): object => ({
      [`websocket.messages ${role} ${direction} ${kind}`]: messages,
      [`websocket.bytes ${role} ${direction} ${kind}`]: bytes,
    })
    expect(await collect(reader)).toEqual({
      'websocket.active_sessions server': 0,
      'websocket.active_sessions client': 0,
      'websocket.buffered.max server': 0,
      'websocket.buffered.max client': 0,
      'websocket.session.duration server normal': 1,
      'websocket.session.duration client normal': 1,
      'websocket.ping.duration client': 1,
      ...traffic('server', 'receive', 'text', [1, 5]),
      ...traffic('server', 'transmit', 'text', [1, 5]),
      ...traffic('client', 'receive', 'text', [1, 5]),
      ...traffic('client', 'transmit', 'text', [1, 5]),
      ...traffic('client', 'transmit', 'ping', [1, 0]),
      ...traffic('client', 'receive', 'pong', [1, 0]),
      ...traffic('server', 'receive', 'ping', [1, 0]),
      ...traffic('server', 'transmit', 'pong', [1, 0]),
    })
  } finally {
    metrics.disable()
  }
})

it('the most that waited to be sent is in metrics once, whether the session was summarized and closed meanwhile', async () => {
  const reader = readMetrics()
  try {
    trial = await SessionTrial.start({ summaryMillis: 50 })
    const connected = once(trial.server, 'connection')
    const client = await trial.open()
    const [socket] = (await connected) as [WebSocket]
    client.pause()
    for (let i = 0; i < 20; i++) socket.send(Buffer.alloc(1_000_000))
    const { bufferedAmount } = socket
    const summaries = telemetry.said('session summary', 'server').length
    await untilPasses(() => expect(telemetry.said('session summary', 'server').length).toBeGreaterThan(summaries))
    client.resume()
    await untilPasses(() => expect(socket.bufferedAmount).toBe(0))
    client.close()
    await trial.closed()
    expect(bufferedAmount).toBeGreaterThan(1_000_000)
    expect(await collect(reader)).toMatchObject({ 'websocket.buffered.max server': bufferedAmount })
    expect(await collect(reader)).toMatchObject({ 'websocket.buffered.max server': 0 })
  } finally {
    metrics.disable()
  }
})

it('messages count once after a break in which somebody else has wrapped the methods', async () => {
  const { prototype } = WebSocket
  const before = Object.getOwnPropertyDescriptors(prototype)
  onTestFinished(() => {
    Reflect.deleteProperty(prototype, 'emit')
    Object.defineProperty(prototype, 'send', before.send)
  })
  trial = await SessionTrial.start()
  for (const name of ['emit', 'send'] as const) {
    const wrapped = Reflect.get(prototype, name) as (...args: unknown[]) => unknown
    const wrapping = function (this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(wrapped, this, args)
    }
    Object.defineProperty(prototype, name, { value: wrapping, configurable: true, writable: true })
  }
  await trial.stop()
  trial = await SessionTrial.start()
  echo()
  await trial.visit('/', async (client) => {
    client.send('x')
    await once(client, 'message')
  })
  const counts = { 'websocket.messages.received': 1, 'websocket.messages.sent': 1 }
  expect(ended('server')).toMatchObject(counts)
  expect(ended('client')).toMatchObject(counts)
})
