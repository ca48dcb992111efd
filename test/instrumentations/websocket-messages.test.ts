import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { createHttpInstrumentation } from '../../instrumentations/http/index.ts'
import { createWebSocketInstrumentation } from '../../instrumentations/websocket/index.ts'
import { envelopeOf, opened } from '../../instrumentations/websocket/message-envelope.ts'
import { getLogger } from '../../src/logging/index.ts'
import type { CapturedSpan } from '../../src/testing/index.ts'
import { startTelemetry } from '../support/telemetry.ts'
import { untilPasses } from '../support/until-passes.ts'
import { SessionTrial } from './websocket-trial.ts'
import { Telemetry } from './websocket-telemetry.ts'

const telemetry = new Telemetry()
const log = getLogger('chat')
let trial: SessionTrial

beforeAll(() => telemetry.start())
afterAll(() => telemetry.stop())
afterEach(async () => {
  await trial.stop()
  telemetry.clear()
})

function named(name: string, role?: string): readonly CapturedSpan[] {
  return telemetry.spans.filter(
    (span) => span.name === name && (role === undefined || span.attributes['websocket.role'] === role),
  )
}

/** Says what it hears, and answers it. */
function echo(): void {
  trial.server.on('connection', (socket) =>
    socket.on('message', (data, binary) => {
      log.info('heard', { length: (data as Buffer).length })
      socket.send(data, { binary })
    }),
  )
}

function upgradeRequest(header: string): string {
  return `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n${header}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
}

async function exchange(client: WebSocket, data: string | Buffer): Promise<unknown> {
  const answered = once(client, 'message')
  client.send(data)
  return String((await answered)[0])
}

describe('spans of messages', () => {
  it('are none unless they are asked for', async () => {
    trial = await SessionTrial.start()
    echo()
    await trial.visit('/', (client) => exchange(client, 'x'))
    expect(telemetry.spans.map(({ name }) => name).sort()).toEqual(['GET', 'websocket session', 'websocket session'])
  })

  it('have traces of their own, linked to their session, and what is caused in one belongs to it', async () => {
    trial = await SessionTrial.start({ messageSpans: true })
    echo()
    await trial.visit('/?session_id=s-1', (client) => exchange(client, 'hello'))
    const session = telemetry.spans.find(({ name, kind }) => name === 'websocket session' && kind === 'SERVER')
    const [received] = named('websocket receive', 'server')
    const [answered] = named('websocket send', 'server')
    expect(received).toMatchObject({
      kind: 'CONSUMER',
      links: [{ trace_id: session?.trace_id, span_id: session?.span_id }],
      attributes: { 'session.id': 's-1', 'websocket.message.kind': 'text', 'websocket.message.size': 5 },
    })
    expect(received).not.toHaveProperty('parent_span_id')
    expect(received?.trace_id).not.toBe(session?.trace_id)
    expect(answered).toMatchObject({
      kind: 'PRODUCER',
      trace_id: received?.trace_id,
      parent_span_id: received?.span_id,
    })
    expect(telemetry.said('heard')[0]).toMatchObject({ span_id: received?.span_id, fields: { 'session.id': 's-1' } })
    expect(JSON.stringify(telemetry.spans)).not.toContain('hello')
  })

  it('are as many as the share says', async () => {
    trial = await SessionTrial.start({ messageSpans: 0.5 })
    trial.server.on('connection', (socket) => socket.on('message', () => {}))
    await trial.visit('/', (client) => {
      for (let i = 0; i < 400; i++) client.send('x')
    })
    expect(named('websocket receive').length).toBeGreaterThan(100)
    expect(named('websocket receive').length).toBeLessThan(300)
  })

  it('say that a handler threw, and the program sees the same error', async () => {
    trial = await SessionTrial.start({ messageSpans: true })
    const failed = new Promise((resolve) => {
      trial.server.on('connection', (socket) => {
        socket.on('message', () => {
          throw new Error('broken handler')
        })
        const emit = socket.emit.bind(socket)
        socket.emit = (...args: Parameters<typeof emit>) => {
          try {
            return emit(...args)
          } catch (error) {
            resolve(error)
            return true
          }
        }
      })
    })
    await trial.visit('/', async (client) => {
      client.send('x')
      expect(await failed).toMatchObject({ message: 'broken handler' })
    })
    expect(named('websocket receive', 'server')[0]).toMatchObject({ status: 'ERROR' })
  })
})

describe('trace contexts in messages', () => {
  it('bring a handler into the trace of the sender, unseen by both', async () => {
    trial = await SessionTrial.start({ messageContext: true }, { perMessageDeflate: { threshold: 0 } })
    echo()
    await trial.visit('/?session_id=s-1', async (client) => {
      await trace.getTracer('test').startActiveSpan('work', async (work) => {
        expect(await exchange(client, 'grüezi')).toBe('grüezi')
        expect(telemetry.said('heard')[0]).toMatchObject({
          trace_id: work.spanContext().traceId,
          span_id: work.spanContext().spanId,
          fields: { 'session.id': 's-1', length: 7 },
        })
        work.end()
      })
    })
    expect(telemetry.said('disconnected', 'server')[0]?.fields).toMatchObject({
      'websocket.bytes.received': 7,
      'websocket.bytes.sent': 7,
    })
    expect(telemetry.said('disconnected', 'client')[0]?.fields).toMatchObject({
      'websocket.messages.sent': 1,
      'websocket.bytes.received': 7,
    })
    expect(telemetry.said('disconnected', 'client')[0]?.fields).not.toHaveProperty('websocket.messages.sent_pong')
  })

  it('make the span of a received message a child of the sent one', async () => {
    trial = await SessionTrial.start({ messageContext: true, messageSpans: true })
    echo()
    await trial.visit('/', (client) => exchange(client, 'x'))
    const [sent] = named('websocket send', 'client')
    expect(named('websocket receive', 'server')[0]).toMatchObject({
      trace_id: sent?.trace_id,
      parent_span_id: sent?.span_id,
      links: [{}],
    })
    const [answer] = named('websocket send', 'server')
    expect(named('websocket receive', 'client')[0]).toMatchObject({ parent_span_id: answer?.span_id })
  })

  it('leave binary messages, fragments, buffers of text and text that looks like an envelope as they are', async () => {
    trial = await SessionTrial.start({ messageContext: true })
    echo()
    const texts = ['\u001eclew x\u001ey', '\u001eclew ', '', '\u001e', 'a'.repeat(70_000)]
    await trial.visit('/', async (client) => {
      await trace.getTracer('test').startActiveSpan('work', async (work) => {
        for (const text of texts) expect(await exchange(client, text)).toBe(text)
        const binary = Buffer.from('\u001eclew x\u001ebytes')
        expect(await exchange(client, binary)).toBe(binary.toString())
        const answered = once(client, 'message')
        client.send('\u001eclew one, ', { fin: false })
        client.send('two', { fin: true })
        expect(String((await answered)[0])).toBe('\u001eclew one, two')
        const buffered = once(client, 'message')
        client.send(Buffer.from('text'), { binary: false })
        expect(String((await buffered)[0])).toBe('text')
        work.end()
      })
      for (const text of texts) expect(await exchange(client, text)).toBe(text)
    })
  })

  it('are never sent to an end that did not agree', async () => {
    trial = await SessionTrial.start({ messageContext: true })
    const connected = once(trial.server, 'connection')
    const raw = connect(Number(new URL(trial.url).port), '127.0.0.1')
    // It offers, as something between might that hands headers on, and never confirms.
    raw.write(upgradeRequest('clew-message-context: 1'))
    let heard = ''
    raw.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')))
    const [socket] = (await connected) as [WebSocket]
    trace.getTracer('test').startActiveSpan('work', (work) => {
      socket.send('plain')
      work.end()
    })
    await untilPasses(() => expect(heard).toContain('plain'))
    expect(heard).toContain('clew-message-context: 1')
    expect(heard.endsWith('\x81\x05plain')).toBe(true)
    raw.destroy()
  })

  it.each([
    ['without the option', {}, 'clew-message-context: 1'],
    ['without an offer', { messageContext: true }, 'X-Mine: 1'],
  ])('are not switched on by a peer that only confirms, %s', async (_, settings, header) => {
    trial = await SessionTrial.start(settings)
    const connected = once(trial.server, 'connection')
    const raw = connect(Number(new URL(trial.url).port), '127.0.0.1')
    let heard = ''
    raw.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')))
    raw.write(upgradeRequest(header))
    const [socket] = (await connected) as [WebSocket]
    const ponged = once(socket, 'pong')
    const confirmation = Buffer.from('clew-message-context 1')
    raw.write(Buffer.concat([Buffer.from([0x8a, 0x80 + confirmation.length, 0, 0, 0, 0]), confirmation]))
    expect(await ponged).toEqual([confirmation])
    trace.getTracer('test').startActiveSpan('work', (work) => {
      socket.send('plain')
      work.end()
    })
    await untilPasses(() => expect(heard).toContain('plain'))
    expect(heard.endsWith('\x81\x05plain')).toBe(true)
    raw.destroy()
  })

  it('name the trace, and neither give baggage away nor take it in', async () => {
    trial = await SessionTrial.start({ messageContext: true })
    const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
    const baggage = propagation.createBaggage({ user: { value: 'u-1' } })
    const around = propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, spanContext), baggage)
    const written: Record<string, string> = {}
    propagation.inject(around, written)
    expect(written['baggage']).toBe('user=u-1')
    const traceparent = `00-${spanContext.traceId}-${spanContext.spanId}-01`
    expect(envelopeOf(around)).toBe(`\u001eclew traceparent=${traceparent}\u001e`)
    const told = `\u001eclew ${new URLSearchParams({ traceparent, baggage: 'user=u-1' }).toString()}\u001ex`
    for (const data of [told, Buffer.from(told)]) expect(opened(data)?.carried).toEqual({ traceparent })
  })

  it('are not offered, nor accepted, without the option', async () => {
    trial = await SessionTrial.start()
    const heads: unknown[] = []
    trial.server.on('headers', (headers, { headers: asked }) => heads.push(...headers, ...Object.keys(asked)))
    await trial.visit('/', () => {}, [], { headers: { 'x-mine': '1' } })
    expect(heads.join('\n')).toContain('x-mine')
    expect(heads.join('\n')).not.toContain('clew')
  })
})

it('messages are sampled with their session, whatever the sampler says of new traces', async () => {
  telemetry.stop()
  const heard = startTelemetry()
  const sampled = { sampled: true }
  const { ClewTracerProvider } = await import('../../src/tracing/index.ts')
  trace.disable()
  const names: string[] = []
  trace.setGlobalTracerProvider(
    new ClewTracerProvider({
      sampler: {
        shouldSample: (_, __, name) => ({ decision: name !== 'websocket receive' && sampled.sampled ? 2 : 0 }),
      },
      ended: (span) => void names.push(span.name),
    }),
  )
  try {
    trial = await SessionTrial.start({ messageSpans: true })
    trial.server.on('connection', (socket) => socket.on('message', () => {}))
    await trial.visit('/', (client) => client.send('x'))
    expect(names.sort()).toEqual([
      'GET',
      'websocket receive',
      'websocket send',
      'websocket session',
      'websocket session',
    ])
    names.length = 0
    sampled.sampled = false
    await trial.visit('/', (client) => client.send('x'))
    expect(names).toEqual([])
  } finally {
    heard.stop()
    telemetry.start()
  }
})

it('the HTTP instrumentation beside it makes no difference', async () => {
  const http = createHttpInstrumentation()
  http.enable()
  try {
    trial = await SessionTrial.start({ messageContext: true })
    echo()
    await trial.visit('/', (client) => exchange(client, 'x'))
    expect(telemetry.said('disconnected')).toHaveLength(2)
    expect(telemetry.said('external API call')[0]?.fields['http.response.status_code']).toBe(101)
    expect(telemetry.records.filter(({ level }) => level === 'ERROR')).toEqual([])
  } finally {
    http.disable()
  }
})

it('a second one at the same time stays out of the way', async () => {
  trial = await SessionTrial.start()
  const second = createWebSocketInstrumentation()
  second.enable()
  expect(second.status()).toMatchObject({ active: false })
  await trial.visit('/')
  second.disable()
  expect(telemetry.said('disconnected')).toHaveLength(2)
})
