import fc from 'fast-check'
import { on, once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { pipeline, Transform } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createWebSocketStream, WebSocket, WebSocketServer } from 'ws'
import type { Instrumentation } from '../../instrumentations/instrumentation.ts'
import { createWebSocketInstrumentation } from '../../instrumentations/websocket/index.ts'
import { activeContext, bindContext, fieldScope } from '../../src/context/index.ts'
import { getLogger } from '../../src/logging/index.ts'
import { untilPasses } from '../support/until-passes.ts'
import { Telemetry } from './websocket-telemetry.ts'

/** Its types are those of version 8, as far as they are used here. */
const ws7 = createRequire(import.meta.url)('ws7') as typeof WebSocket & { Server: typeof WebSocketServer }
const telemetry = new Telemetry()
const log = getLogger('chat')
let instrumentation: Instrumentation
let servers: { close(): unknown; clients: Set<{ terminate(): void }> }[]

beforeAll(() => telemetry.start())
afterAll(() => telemetry.stop())
beforeEach(() => {
  servers = []
  instrumentation = createWebSocketInstrumentation()
  instrumentation.enable()
})
afterEach(async () => {
  for (const server of servers) {
    for (const client of server.clients) client.terminate()
    server.close()
  }
  await closed()
  instrumentation.disable()
  telemetry.clear()
})

async function closed(): Promise<void> {
  await untilPasses(() => expect(instrumentation.status().detail).toMatch(/\b0 open sessions/))
}

/** @returns its address */
async function serve(handle: (socket: WebSocket) => void, options: object = {}): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options })
  servers.push(server)
  server.on('connection', handle)
  await once(server, 'listening')
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function sessionId(): unknown {
  return fieldScope(activeContext())?.current().fields['session.id']
}

async function visit(url: string, messages: readonly string[]): Promise<void> {
  const client = new WebSocket(url)
  await once(client, 'open')
  for (const message of messages) client.send(message)
  client.close()
  await once(client, 'close')
}

describe('a session is around what hears its messages:', () => {
  it('an async iterator', async () => {
    const ended: Promise<void>[] = []
    const url = await serve((socket) => {
      const read = async (): Promise<void> => {
        const messages = on(socket, 'message', { close: ['close'] })
        for await (const [data] of messages) {
          await turn()
          log.info(String(data))
        }
      }
      ended.push(read())
    })
    await Promise.all(['a', 'b'].map((id) => visit(`${url}/?session_id=${id}`, [id, id])))
    await closed()
    await Promise.all(ended)
    for (const id of ['a', 'b']) {
      expect(telemetry.said(id)).toHaveLength(2)
      for (const { fields } of telemetry.said(id)) expect(fields['session.id']).toBe(id)
    }
  })

  it('streams, and what they are piped through', async () => {
    const url = await serve((socket) => {
      const stream = createWebSocketStream(socket, { encoding: 'utf8' })
      const heard = new Transform({
        transform(chunk, _encoding, done) {
          log.info(String(chunk), { in: 'transform' })
          setImmediate(done, null, chunk)
        },
        final(done) {
          log.info('final')
          done()
        },
      })
      heard.on('data', (chunk) => log.info(String(chunk), { in: 'data' }))
      pipeline(stream, heard, () => log.info('through'))
    })
    await Promise.all(['a', 'b'].map((id) => visit(`${url}/?session_id=${id}`, Array<string>(20).fill(id))))
    await untilPasses(() => expect(telemetry.said('through')).toHaveLength(2))
    for (const id of ['a', 'b']) {
      expect(telemetry.said(id)).toHaveLength(40)
      for (const { fields } of telemetry.said(id)) expect(fields['session.id']).toBe(id)
    }
    expect(
      telemetry
        .said('through')
        .map(({ fields }) => fields['session.id'])
        .sort(),
    ).toEqual(['a', 'b'])
  })

  it('listeners of all its events, added by the application or inherited', async () => {
    class Mine extends WebSocket {
      override emit(...args: Parameters<WebSocket['emit']>): boolean {
        if (args[0] === 'ping') log.info('own emit')
        return super.emit(...args)
      }
    }
    const url = await serve(
      (socket) => {
        for (const event of ['ping', 'pong', 'close', 'error', 'message'] as const)
          socket.on(event, () => log.info(event))
        socket.ping()
      },
      { WebSocket: Mine },
    )
    const client = new WebSocket(`${url}/?session_id=s`)
    await once(client, 'ping')
    client.ping()
    await once(client, 'pong')
    client.close()
    await closed()
    const said = telemetry.records.filter(({ component, message }) => component === 'chat' && message !== 'own emit')
    expect(new Set(said.map(({ message }) => message))).toEqual(new Set(['ping', 'pong', 'close']))
    for (const { fields } of said) expect(fields['session.id']).toBe('s')
  })
})

it('several servers on one HTTP server, each with its path, have sessions of their own', async () => {
  const http = createServer()
  const rooms = ['/a', '/b'].map((path) => {
    const server = new WebSocketServer({ noServer: true })
    server.on('connection', (socket) => socket.on('message', () => log.info('heard', { path })))
    return { path, server }
  })
  servers.push(...rooms.map(({ server }) => server))
  http.on('upgrade', (request, socket, head) => {
    const room = rooms.find(({ path }) => request.url?.startsWith(path))
    if (room === undefined) socket.destroy()
    else room.server.handleUpgrade(request, socket, head, (client) => room.server.emit('connection', client, request))
  })
  await once(http.listen(0, '127.0.0.1'), 'listening')
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`
  try {
    await Promise.all(['/a', '/b'].map((path) => visit(`${url}${path}?session_id=s${path.slice(1)}`, ['x', 'y'])))
    const lost = new WebSocket(`${url}/c`)
    await once(lost, 'error')
    await closed()
    for (const { fields } of telemetry.said('heard'))
      expect(fields['session.id']).toBe(`s${String(fields['path']).slice(1)}`)
    expect(telemetry.said('heard')).toHaveLength(4)
    expect(telemetry.said('disconnected', 'server')).toHaveLength(2)
    await untilPasses(() => expect(telemetry.said('connection refused')).toHaveLength(1))
  } finally {
    http.close()
  }
})

it('a hundred sessions never mix, however their messages, fragments and waits interleave', async () => {
  const wrong: unknown[] = []
  const seen = new Map<unknown, number>()
  const url = await serve(
    (socket) => {
      const own = sessionId()
      socket.on('message', (data) => {
        const handle = async (): Promise<void> => {
          const [id = '', waits = '0'] = String(data).split(' ')
          for (let wait = 0; wait < Number(waits); wait++) {
            if (sessionId() !== id || id !== own) wrong.push([id, sessionId()])
            bindContext({ 'user.id': id })
            await (wait % 2 === 0 ? turn() : Promise.resolve())
          }
          const bound = fieldScope()?.current().fields['user.id']
          if (sessionId() !== id || (bound !== undefined && bound !== id)) wrong.push([id, bound])
          seen.set(id, (seen.get(id) ?? 0) + 1)
          if (socket.readyState === WebSocket.OPEN) socket.send(id)
        }
        void handle()
      })
    },
    { perMessageDeflate: { threshold: 20 } },
  )
  const step = fc.record({
    socket: fc.nat(99),
    waits: fc.nat(3),
    split: fc.boolean(),
    yields: fc.boolean(),
    long: fc.boolean(),
  })
  const clients = await Promise.all(
    Array.from({ length: 100 }, async (_, at) => {
      const client = new WebSocket(`${url}/?session_id=s${at}`)
      await once(client, 'open')
      return client
    }),
  )
  let sent = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 50, maxLength: 300 }), async (steps) => {
      for (const { socket, waits, split, yields, long } of steps) {
        const client = clients[socket] as WebSocket
        const text = `s${socket} ${waits} ${long ? 'x'.repeat(500) : ''}`
        if (split) client.send(text.slice(0, 2), { fin: false })
        client.send(split ? text.slice(2) : text, { fin: true })
        sent++
        if (yields) await turn()
      }
      await untilPasses(() => expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBe(sent))
      expect(wrong).toEqual([])
    }),
    { numRuns: 10 },
  )
  for (const client of clients) client.close()
  await closed()
  const ends = telemetry.said('disconnected', 'server')
  expect(ends).toHaveLength(100)
  for (const { fields } of ends) expect(fields['websocket.messages.received']).toBe(seen.get(fields['session.id']) ?? 0)
})

it('the sockets of ws 7 are seen too', async () => {
  const server = new ws7.Server({ port: 0, host: '127.0.0.1' })
  servers.push(server)
  server.on('connection', (socket) =>
    socket.on('message', (...args: unknown[]) => {
      log.info('heard', { given: args.length })
      socket.send(args[0] as string)
    }),
  )
  await once(server, 'listening')
  const client = new ws7(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/?session_id=seven`)
  await once(client, 'open')
  client.send('hello')
  await once(client, 'message')
  client.close(1000)
  await closed()
  expect(telemetry.said('heard')[0]?.fields).toMatchObject({ 'session.id': 'seven', given: 1 })
  const counts = {
    'websocket.messages.received': 1,
    'websocket.bytes.received_text': 5,
    'websocket.close.name': 'normal',
  }
  expect(telemetry.said('disconnected').map(({ fields }) => fields)).toEqual([
    expect.objectContaining(counts),
    expect.objectContaining(counts),
  ])
})
