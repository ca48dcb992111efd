import { trace } from '@opentelemetry/api'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { bindContext, countInScope, enrich } from '../../src/context/index.ts'
import { getLogger } from '../../src/logging/index.ts'
import { untilPasses } from '../support/until-passes.ts'
import { SessionTrial } from './websocket-trial.ts'
import { Telemetry } from './websocket-telemetry.ts'

const telemetry = new Telemetry()
let trial: SessionTrial

beforeAll(() => telemetry.start())
afterAll(() => telemetry.stop())
afterEach(async () => {
  await trial.stop()
  telemetry.clear()
})

async function ended(path: string, protocols: string[] = [], headers = {}): Promise<Record<string, unknown>> {
  await trial.visit(path, () => {}, protocols, { headers })
  return telemetry.said('disconnected', 'server')[0]?.fields ?? {}
}

describe('the id of a session, or its tenant, comes from', () => {
  it('a query parameter', async () => {
    trial = await SessionTrial.start({ sessionId: { query: 'call' }, tenantId: { query: 'org' } })
    expect(await ended('/?call=c-1&org=acme')).toMatchObject({ 'session.id': 'c-1', 'clew.tenant.id': 'acme' })
  })

  it('a header, in any case', async () => {
    trial = await SessionTrial.start({ sessionId: { header: 'X-Session' } })
    expect(await ended('/', [], { 'x-session': 's-2' })).toMatchObject({ 'session.id': 's-2' })
  })

  it('a sub-protocol, which browsers can set, too', async () => {
    trial = await SessionTrial.start({ sessionId: { subprotocol: 'session.' } })
    const fields = await ended('/', ['chat.v1', 'session.s-3'])
    expect(fields).toMatchObject({ 'session.id': 's-3' })
    expect(telemetry.said('connection established', 'server')[0]?.fields['websocket.protocol']).toBe('chat.v1')
  })

  it.each([
    ['/ws/:tenant/*', '/ws/acme/room/7?x=1', 'acme'],
    ['/ws/*/:tenant', '/ws/eu/a%20b', undefined],
    ['/ws/*/:tenant', '/ws/eu/ac%6De', 'acme'],
    ['/ws/:tenant', '/ws/acme/room', undefined],
    ['/ws/:tenant', '/other/acme', undefined],
    ['/ws/:tenant', '/ws/%E0%A4%A', undefined],
  ])('the path: by %s, of %s it is %s', async (pattern, path, tenant) => {
    trial = await SessionTrial.start({ tenantId: { path: pattern } })
    expect((await ended(path))['clew.tenant.id']).toBe(tenant)
  })

  it('a function', async () => {
    trial = await SessionTrial.start({ tenantId: ({ headers }: IncomingMessage) => headers.host?.split(':')[0] })
    expect(await ended('/')).toMatchObject({ 'clew.tenant.id': '127.0.0.1' })
  })

  it('what is bound later, from then on', async () => {
    trial = await SessionTrial.start()
    trial.server.on('connection', (socket) =>
      socket.on('message', () => bindContext({ 'session.id': 'known', 'tenant.id': 'acme' })),
    )
    await trial.visit('/', (client) => client.send('log in'))
    expect(telemetry.said('disconnected', 'server')[0]?.fields).toMatchObject({
      'session.id': 'known',
      'clew.tenant.id': 'acme',
    })
  })

  it('nowhere, and is a new one, when what the client says is no id', async () => {
    trial = await SessionTrial.start({ sessionId: { query: 'call' } })
    expect((await ended(`/?call=${encodeURIComponent('a"\n')}`))['session.id']).toMatch(/^[0-9a-f-]{36}$/)
  })
})

it.each([['/health'], ['/internal/*'], [/^\/health/]])(
  'a session of an ignored path (%s) leaves no trace',
  async (path) => {
    trial = await SessionTrial.start({ ignorePaths: [path] })
    trial.server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
    const ignored = typeof path === 'string' && path.endsWith('*') ? '/internal/x' : '/health'
    await trial.visit(`${ignored}?a=1`, async (client) => {
      client.send('x')
      await once(client, 'message')
    })
    expect([telemetry.records, telemetry.spans]).toEqual([[], []])
    await trial.visit('/healthy/not')
    const isBoth = path instanceof RegExp
    expect(telemetry.said('disconnected')).toHaveLength(isBoth ? 0 : 2)
  },
)

const NOT_RECORDING = { recording: false }

it('what the handlers of a socket of an ignored path do leaves no spans, and what they log is logged', async () => {
  trial = await SessionTrial.start({ ignorePaths: ['/health'] })
  const work = (): void => getLogger('chat').info('at work', { recording: tracer.startSpan('work').isRecording() })
  const tracer = trace.getTracer('chat')
  trial.server.on('connection', (socket) => {
    work()
    socket.on('message', work)
    socket.onclose = work
  })
  const sends = (client: WebSocket): void => client.send('x')
  await trial.visit('/health', sends)
  await untilPasses(() => expect(telemetry.said('at work')).toHaveLength(3))
  expect(telemetry.said('at work').map(({ fields }) => fields)).toEqual([NOT_RECORDING, NOT_RECORDING, NOT_RECORDING])
  await trial.visit('/other', sends)
  const others = telemetry.said('at work').slice(3)
  expect(others.map(({ fields }) => fields['recording'])).toEqual([true, true, true])
})

describe('a session that lives long', () => {
  it('says what was counted so far, and how often it does', async () => {
    trial = await SessionTrial.start({ summaryMillis: 20 })
    trial.server.on('connection', (socket) =>
      socket.on('message', () => {
        countInScope('chunks', { bytes: 5 })
        enrich({ model: 'm1' })
      }),
    )
    const client = await trial.open('/?session_id=long')
    client.send('x')
    client.send('y')
    await untilPasses(() =>
      expect(telemetry.said('session summary', 'server').at(-1)?.fields).toMatchObject({ 'chunks.count': 2 }),
    )
    const summary = telemetry.said('session summary', 'server').at(-1)
    expect(summary).toMatchObject({
      level: 'INFO',
      event: 'websocket.summary',
      fields: {
        'session.id': 'long',
        'url.path': '/',
        'websocket.role': 'server',
        'websocket.summary_interval_ms': 20,
        'clew.duration_ms': expect.any(Number),
        'chunks.count': 2,
        'chunks.bytes.sum': 10,
        model: 'm1',
        'websocket.messages.received': 2,
        'websocket.bytes.received_text': 2,
        'websocket.idle_ms': expect.any(Number),
        'websocket.buffered.max_bytes': 0,
      },
    })
  })

  it('is told so from its first record on, so that its silence can be understood', async () => {
    trial = await SessionTrial.start({ summaryMillis: 60_000 })
    await trial.visit('/')
    expect(telemetry.said('connection established', 'server')[0]?.fields['websocket.summary_interval_ms']).toBe(60_000)
    expect(telemetry.said('session summary')).toEqual([])
  })

  it('tells the time without messages', async () => {
    trial = await SessionTrial.start({ summaryMillis: 100 })
    const client = await trial.open()
    client.send('x')
    await untilPasses(() => expect(telemetry.said('session summary', 'server')).not.toEqual([]))
    const { fields } = telemetry.said('session summary', 'server')[0] as { fields: Record<string, number> }
    expect(fields['websocket.idle_ms']).toBeGreaterThan(20)
    expect(fields['websocket.idle_max_ms']).toBeLessThanOrEqual(fields['clew.duration_ms'] as number)
  })
})

describe('the end of a session', () => {
  it.each([
    [1000, 'normal'],
    [1001, 'going_away'],
    [1012, 'service_restart'],
    [3000, 'unauthorized'],
    [3999, 'application'],
    [4999, 'application'],
  ])('with code %i is called %s', async (code, name) => {
    trial = await SessionTrial.start()
    trial.server.on('connection', (socket) => socket.close(code))
    await trial.visit('/', (client) => once(client, 'close'))
    expect(telemetry.said('disconnected', 'client')[0]?.fields).toMatchObject({
      'websocket.close.code': code,
      'websocket.close.name': name,
    })
  })

  it('without a code is called no_status', async () => {
    trial = await SessionTrial.start()
    trial.server.on('connection', (socket) => socket.close())
    await trial.visit('/', (client) => once(client, 'close'))
    expect(telemetry.said('disconnected', 'client')[0]?.fields['websocket.close.name']).toBe('no_status')
  })

  it('keeps secrets in its reason to itself', async () => {
    trial = await SessionTrial.start()
    trial.server.on('connection', (socket) => socket.close(4001, 'bad password=hunter2 for ann'))
    await trial.visit('/', (client) => once(client, 'close'))
    expect(JSON.stringify([telemetry.records, telemetry.spans])).not.toContain('hunter2')
    expect(telemetry.said('disconnected', 'server')[0]?.fields['websocket.close.reason']).toMatch(/^bad password=\[/)
  })
})
