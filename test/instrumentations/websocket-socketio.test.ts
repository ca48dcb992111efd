import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Server } from 'socket.io'
import { io as connect, type Socket as ClientSocket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHttpInstrumentation } from '../../instrumentations/http/index.ts'
import type { Instrumentation } from '../../instrumentations/instrumentation.ts'
import { createWebSocketInstrumentation } from '../../instrumentations/websocket/index.ts'
import { bindContext, withContext } from '../../src/context/index.ts'
import { getLogger } from '../../src/logging/index.ts'
import { until } from '../support/until.ts'
import { untilPasses } from '../support/until-passes.ts'
import { Telemetry } from './websocket-telemetry.ts'

const telemetry = new Telemetry()
const log = getLogger('game')
let instrumentations: readonly Instrumentation[]
let http: HttpServer
let server: Server
let url: string

beforeAll(() => telemetry.start())
afterAll(() => telemetry.stop())

beforeEach(async () => {
  instrumentations = [
    createHttpInstrumentation(),
    createWebSocketInstrumentation({ sessionId: { query: 'game' }, tenantId: { header: 'x-tenant' } }),
  ]
  for (const instrumentation of instrumentations) instrumentation.enable()
  http = createServer()
  server = new Server(http, { pingInterval: 60_000 })
  await once(http.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
})

afterEach(async () => {
  await server.close()
  for (const instrumentation of instrumentations.toReversed()) instrumentation.disable()
  telemetry.clear()
})

/** Where engine.io keeps the connection below a WebSocket. */
interface EngineConnection {
  readonly transport: { readonly socket: { readonly _socket: Socket } }
}

function open(game: string, transports: string[]): ClientSocket {
  return connect(url, { transports, query: { game }, extraHeaders: { 'x-tenant': `t-${game}` }, forceNew: true })
}

async function closed(client: ClientSocket): Promise<void> {
  const gone = new Promise((resolve) => server.sockets.sockets.get(client.id ?? '')?.once('disconnect', resolve))
  client.disconnect()
  await gone
}

/** It may come before or after the connection. */
function upgraded(client: ClientSocket): Promise<void> {
  return until('the upgrade', () => server.sockets.sockets.get(client.id ?? '')?.conn.transport.name === 'websocket')
}

/** Every way to hear something, each saying so. */
function listen(): void {
  server.use((_, next) => {
    log.info('middleware')
    next()
  })
  server.on('connection', (socket) => {
    log.info('connection')
    bindContext({ 'user.id': socket.handshake.query['game'] })
    socket.use((_, next) => {
      log.info('packet')
      next()
    })
    socket.on('move', async (to: string, done: () => void) => {
      await delay(1)
      log.info('move', { to })
      done()
    })
    socket.onAny(() => log.info('any'))
    socket.once('disconnect', () => log.info('gone'))
    socket.conn.on('close', () => log.info('conn closed'))
  })
}

const SAID = ['middleware', 'connection', 'packet', 'move', 'any', 'gone', 'conn closed']

describe('a session of Socket.IO', () => {
  it.each([[['websocket']], [['polling', 'websocket']], [['polling']]])(
    'that goes over %s gives its context to every handler',
    async (transports) => {
      listen()
      const client = open('g1', transports)
      await once(client as never, 'connect')
      if (transports.length === 2) await upgraded(client)
      await client.emitWithAck('move', 'e4')
      await closed(client)
      await untilPasses(() => expect(telemetry.said('conn closed')).toHaveLength(1))
      const said = telemetry.records.filter(({ component }) => component === 'game')
      expect(new Set(said.map(({ message }) => message))).toEqual(new Set(SAID))
      for (const { message, fields } of said)
        expect({ message, ...fields }).toMatchObject({ message, 'session.id': 'g1', 'clew.tenant.id': 't-g1' })
      for (const message of ['move', 'gone']) expect(telemetry.said(message)[0]?.fields['user.id']).toBe('g1')
    },
  )

  it('that was polled first goes on as a WebSocket with what was bound to it, and with the id it had', async () => {
    server.on('connection', (socket) => {
      log.info('connection')
      bindContext({ 'user.id': 'u-1' })
      socket.on('move', (done: () => void) => {
        log.info('move')
        done()
      })
    })
    const client = connect(url, { forceNew: true })
    await once(client as never, 'connect')
    await upgraded(client)
    await client.emitWithAck('move')
    await closed(client)
    await untilPasses(() => expect(telemetry.said('disconnected', 'server')).toHaveLength(1))
    const id = telemetry.said('connection')[0]?.fields['session.id']
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    const both = { 'session.id': id, 'user.id': 'u-1' }
    expect(telemetry.said('move')[0]).toMatchObject({ fields: both })
    expect(telemetry.said('connection established', 'server')[0]?.fields).toMatchObject(both)
    expect(telemetry.said('disconnected', 'server')[0]?.fields).toMatchObject(both)
  })

  it('is in its own context when somebody else ends it', async () => {
    listen()
    const clients = ['g1', 'g2'].map((game) => open(game, ['websocket']))
    await Promise.all(clients.map((client) => once(client as never, 'connect')))
    withContext({ 'session.id': 'admin' }, () => server.disconnectSockets())
    await untilPasses(() => expect(telemetry.said('gone')).toHaveLength(2))
    expect(telemetry.said('gone').map(({ fields }) => fields['session.id'])).toEqual(['g1', 'g2'])
  })

  it('counts what is sent to many at once, whose frames are made only once', async () => {
    listen()
    const clients = ['g1', 'g2'].map((game) => open(game, ['websocket']))
    await Promise.all(clients.map((client) => once(client as never, 'connect')))
    const heard = Promise.all(clients.map((client) => once(client as never, 'news')))
    server.emit('news', 'x'.repeat(100))
    await heard
    for (const client of clients) await closed(client)
    await untilPasses(() => expect(telemetry.said('disconnected', 'server')).toHaveLength(2))
    await untilPasses(() => expect(telemetry.said('disconnected', 'client')).toHaveLength(2))
    const traffic = (role: string, direction: string): unknown[] =>
      telemetry
        .said('disconnected', role)
        .map(({ fields }) => [fields[`websocket.messages.${direction}`], fields[`websocket.bytes.${direction}`]])
    expect(traffic('server', 'sent')).toEqual(traffic('client', 'received'))
    expect(traffic('server', 'received')).toEqual(traffic('client', 'sent'))
  })

  it('sees what waits to be sent of such frames', async () => {
    const client = open('g1', ['websocket'])
    await once(client as never, 'connect')
    const found = server.sockets.sockets.get(client.id ?? '')?.conn as EngineConnection | undefined
    const connection = found?.transport.socket._socket as Socket
    const heard = once(client as never, 'news')
    connection.cork()
    server.emit('news', 'x'.repeat(10_000))
    connection.uncork()
    await heard
    await closed(client)
    await untilPasses(() => expect(telemetry.said('disconnected', 'server')).toHaveLength(1))
    expect(telemetry.said('disconnected', 'server')[0]?.fields['websocket.buffered.max_bytes']).toBeGreaterThan(10_000)
  })
})
