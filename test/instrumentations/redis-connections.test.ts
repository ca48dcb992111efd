import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Instrumentation } from '../../instrumentations/instrumentation.ts'
import { createRedisInstrumentation } from '../../instrumentations/redis/index.ts'
import { withContext } from '../../src/context/index.ts'
import { freePort, hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts'
import { untilPasses } from '../support/until-passes.ts'
import { LIBRARIES, QUIET } from './redis-clients.ts'
import { Telemetry } from './websocket-telemetry.ts'

const telemetry = new Telemetry()
let instrumentation: Instrumentation
let server: RedisServer

function endpoint(port = server.port): Record<string, unknown> {
  return { 'server.address': '127.0.0.1', 'server.port': port }
}

describe.skipIf(!hasRedisServer())('connections to Redis', () => {
  beforeAll(() => telemetry.start())
  afterAll(() => telemetry.stop())

  beforeEach(async () => {
    server = await startRedisServer()
    instrumentation = createRedisInstrumentation(QUIET)
    instrumentation.enable()
  })
  afterEach(async () => {
    instrumentation.disable()
    telemetry.clear()
    await server.stop()
  })

  it.each(LIBRARIES)('of %s are told when they stand', async (_, open) => {
    const client = await open(server.url)
    expect(telemetry.said('Redis connected')).toMatchObject([
      { level: 'INFO', component: 'redis', event: 'redis.connected', fields: endpoint() },
    ])
    await client.quit()
  })

  it.each(LIBRARIES)('of %s that are refused are told, and are refused the same', async (_, open) => {
    const port = await freePort()
    await expect(open(`redis://127.0.0.1:${port}`)).rejects.toThrow(/ECONNREFUSED|Connection is closed/)
    const [failed] = telemetry.said('Redis connection failed')
    expect(failed).toMatchObject({
      level: 'WARNING',
      event: 'redis.connection_failed',
      fields: { ...endpoint(port), 'clew.redis.attempts': 1 },
    })
  })

  it.each(LIBRARIES)('of %s never show the password', async (_, open) => {
    await expect(open(`redis://someone:s3cretpw@127.0.0.1:${server.port}`)).rejects.toThrow(
      /WRONGPASS|Connection is closed/,
    )
    expect(telemetry.records.length).toBeGreaterThan(0)
    expect(JSON.stringify([telemetry.records, telemetry.spans])).not.toContain('s3cretpw')
  })

  it('of redis are told when they are lost, found again and given up', async () => {
    const client = createClient({ url: server.url, socket: { reconnectStrategy: 10 } })
    client.on('error', () => {})
    await client.connect()
    const { port } = server
    await server.stop()
    await untilPasses(() => expect(telemetry.said('Redis connection failed').length).toBeGreaterThan(1))
    const ready = new Promise((resolve) => client.once('ready', resolve))
    server = await startRedisServer(port)
    await ready
    client.destroy()
    const told = telemetry.records
      .map((record) => record.message)
      .filter((message) => message !== 'Redis connection failed')
    expect(told).toEqual(['Redis connected', 'Redis connection lost', 'Redis reconnected', 'Redis disconnected'])
    const attempts = telemetry.said('Redis connection failed').map((record) => record.fields['clew.redis.attempts'])
    expect(attempts).toEqual(attempts.map((_, index) => 2 ** index))
    for (const record of telemetry.records) expect(record.fields).toMatchObject(endpoint(port))
  })

  it('of ioredis are told when they are found again', async () => {
    const client = new Redis(server.port, '127.0.0.1', { retryStrategy: () => 10 })
    client.on('error', () => {})
    await once(client, 'ready')
    const { port } = server
    await server.stop()
    await untilPasses(() => expect(telemetry.said('Redis connection failed').length).toBeGreaterThan(0))
    const ready = new Promise((resolve) => client.once('ready', resolve))
    server = await startRedisServer(port)
    await ready
    await untilPasses(() =>
      expect(telemetry.said('Redis reconnected')).toMatchObject([
        { event: 'redis.reconnected', fields: endpoint(port) },
      ]),
    )
    client.disconnect()
  })

  it('of redis are not taken for others that the program opens when it hears of them', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const opened: Socket[] = []
    const open = (): void => void opened.push(connect((other.address() as AddressInfo).port, '127.0.0.1'))
    const client = createClient({ url: server.url, socket: { reconnectStrategy: 10 } })
    const subscriber = client.duplicate()
    for (const event of ['connect', 'ready', 'error', 'reconnecting']) client.on(event, open)
    await client.connect()
    await subscriber.connect()
    await subscriber.subscribe('news', open)
    await client.publish('news', 'now')
    await untilPasses(() => expect(opened).toHaveLength(3))
    await untilPasses(() => expect(opened.filter((socket) => socket.connecting)).toEqual([]))
    await subscriber.ping()
    await client.get('a')
    subscriber.destroy()
    const ready = new Promise((resolve) => client.once('ready', resolve))
    await client.sendCommand(['CLIENT', 'KILL', 'SKIPME', 'no', 'TYPE', 'normal']).catch(() => {})
    await ready
    await client.get('a')
    client.destroy()
    for (const socket of opened) socket.destroy()
    other.close()
    const gets = telemetry.spans.filter(({ name }) => name === 'GET' || name === 'PING')
    expect(gets.map(({ attributes }) => attributes['network.peer.port'])).toEqual([server.port, server.port, server.port]) // prettier-ignore
  })

  it('do not lend the context of who opened them to commands that waited for them', async () => {
    const client = withContext({ 'session.id': 'opener' }, () => new Redis(server.port, '127.0.0.1'))
    await withContext({ 'session.id': 'other' }, () => client.set('a', '1'))
    await withContext({ 'session.id': 'other' }, () => client.get('a'))
    client.disconnect()
    expect(
      telemetry.spans.map(({ name, parent_span_id, attributes }) => [name, parent_span_id, attributes['session.id']]),
    ).toEqual([
      ['SET', undefined, 'other'],
      ['GET', undefined, 'other'],
    ])
  })
})
