import { Redis } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Instrumentation } from '../../instrumentations/instrumentation.ts'
import { createRedisInstrumentation } from '../../instrumentations/redis/index.ts'
import { withContext } from '../../src/context/index.ts'
import { hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts'
import { LIBRARIES, QUIET, type TestClient } from './redis-clients.ts'
import { Telemetry } from './websocket-telemetry.ts'

const telemetry = new Telemetry()
let instrumentation: Instrumentation
let server: RedisServer

const told = (): object[] => telemetry.spans.map(({ name, status, attributes }) => ({ name, status, attributes }))

describe.skipIf(!hasRedisServer())('several commands at once of', () => {
  beforeAll(async () => {
    server = await startRedisServer()
    telemetry.start()
  })
  afterAll(async () => {
    telemetry.stop()
    await server.stop()
  })
  beforeEach(() => {
    instrumentation = createRedisInstrumentation(QUIET)
    instrumentation.enable()
  })
  afterEach(() => instrumentation.disable())

  describe.each(LIBRARIES)('%s', (library, open) => {
    let client: TestClient

    beforeEach(async () => {
      client = await open(server.url)
      await client.command('FLUSHALL')
      telemetry.clear()
    })
    afterEach(async () => {
      await client.quit()
      telemetry.clear()
    })

    it('are one span with their number, and their name where it is one', async () => {
      await client.pipeline(['SET', 'a', '1'], ['SET', 'b', '2'])
      await client.pipeline(['SET', 'a', '1'], ['GET', 'b'], ['GET', 'c'])
      expect(told()).toMatchObject([
        { name: 'PIPELINE SET', attributes: { 'db.operation.name': 'PIPELINE SET', 'db.operation.batch.size': 2 } },
        { name: 'PIPELINE', attributes: { 'db.operation.name': 'PIPELINE', 'db.operation.batch.size': 3 } },
      ])
    })

    it('fail with the first error in them, and the number of failed ones where the client tells of each', async () => {
      await client.set('user:7:name', '1')
      telemetry.clear()
      await client.pipeline(['GET', 'a'], ['LPUSH', 'user:7:name', 'x'], ['LPUSH', 'user:7:name', 'y']).catch(() => {})
      expect(told()).toMatchObject([
        { name: 'PIPELINE', status: 'ERROR', attributes: { 'db.response.status_code': 'WRONGTYPE' } },
      ])
      expect(telemetry.said('Redis operation failed')).toMatchObject([
        {
          fields: {
            'clew.operation': 'pipeline',
            'db.operation.batch.size': 3,
            ...(library.startsWith('ioredis')
              ? { 'clew.redis.key_pattern': 'user:*:name', 'clew.redis.failed_commands': 2 }
              : undefined),
          },
        },
      ])
    })

    it('in a transaction that lost its race are discarded, and no failure', async () => {
      const other = await open(server.url)
      telemetry.clear()
      await client.watched('a', () => other.set('a', 'other')).catch(() => {})
      await other.quit()
      const [multi] = telemetry.spans.filter(({ name }) => name.startsWith('MULTI'))
      expect(multi).toMatchObject({ name: 'MULTI SET', status: 'UNSET', attributes: { 'clew.redis.discarded': true } })
      expect(telemetry.said('Redis operation failed')).toEqual([])
    })

    it('in a transaction that is refused fail with what was refused', async () => {
      const refused = client.multi('a', 'b')
      await refused
      telemetry.clear()
      await expect(client.command('EXEC')).rejects.toThrow('ERR EXEC without MULTI')
      expect(telemetry.said('Redis operation failed')).toMatchObject([
        { fields: { 'clew.operation': 'exec' }, error: { message: 'ERR EXEC without MULTI' } },
      ])
    })

    it('as a script are told by its digest, and one that is not known yet is no failure', async () => {
      const sha = 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db'
      await client.command('SCRIPT', 'FLUSH')
      telemetry.clear()
      await expect(client.command('EVALSHA', sha, '0')).rejects.toThrow('NOSCRIPT')
      await client.command('EVAL', 'return 1', '0')
      expect(told()).toMatchObject([
        {
          name: 'EVALSHA',
          status: 'UNSET',
          attributes: { 'db.stored_procedure.name': sha, 'db.response.status_code': 'NOSCRIPT' },
        },
        { name: 'EVAL', status: 'UNSET', attributes: { 'db.query.text': 'EVAL ? ?' } },
      ])
      expect(telemetry.spans[1]?.attributes).not.toHaveProperty(['db.stored_procedure.name'])
      expect(telemetry.said('Redis operation failed')).toEqual([])
    })

    it('as a function are told by its name', async () => {
      const code = "#!lua name=mine\nredis.register_function('answer', function() return 42 end)"
      await client.command('FUNCTION', 'LOAD', 'REPLACE', code)
      telemetry.clear()
      expect(await client.command('FCALL', 'answer', '0')).toBe(42)
      expect(told()).toMatchObject([{ name: 'FCALL', attributes: { 'db.stored_procedure.name': 'answer' } }])
    })
  })

  describe.each([
    ['ioredis', Redis],
    ['ioredis 5', Redis5 as unknown as typeof Redis],
  ])('%s', (_, Client) => {
    it('that it puts together itself are a span each, in the context of each call', async () => {
      const client = new Client(server.url, { enableAutoPipelining: true })
      await client.ping()
      telemetry.clear()
      await Promise.all([
        withContext({ 'session.id': 'one' }, () => client.set('a', '1')),
        withContext({ 'session.id': 'two' }, () => client.get('a')),
      ])
      client.disconnect()
      expect(telemetry.spans.map(({ name, attributes }) => [name, attributes['session.id']])).toEqual([
        ['SET', 'one'],
        ['GET', 'two'],
      ])
    })

    it('as a script of its own are sent as it pleases', async () => {
      const client = new Client(server.url, { lazyConnect: true })
      await client.connect()
      client.defineCommand('twice', { numberOfKeys: 1, lua: "return redis.call('INCRBY', KEYS[1], ARGV[1] * 2)" })
      await client.flushall()
      await client.script('FLUSH')
      telemetry.clear()
      const twice = (client as unknown as { twice(key: string, by: number): Promise<number> }).twice.bind(client)
      expect([await twice('a', 1), await twice('a', 1)]).toEqual([2, 4])
      await client.script('FLUSH')
      expect(await twice('a', 1)).toBe(6)
      client.disconnect()
      expect(telemetry.said('Redis operation failed')).toEqual([])
      expect(telemetry.spans.filter(({ status }) => status === 'ERROR')).toEqual([])
    })

    it('fail, and are told, where there is no server any more', async () => {
      const gone = await startRedisServer()
      const client = new Client(gone.url, { retryStrategy: () => null, maxRetriesPerRequest: 0 })
      client.on('error', () => {})
      await client.ping()
      await gone.stop()
      await expect(client.set('user:7', '1')).rejects.toThrow(/closed|ended/)
      expect(telemetry.said('Redis operation failed')).toMatchObject([
        { fields: { 'clew.operation': 'set', 'clew.redis.key_pattern': 'user:*' } },
      ])
      client.disconnect()
    })
  })
})
