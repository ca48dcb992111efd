import { Cluster as Cluster6 } from 'ioredis'
import { Cluster as Cluster5 } from 'ioredis5'
import { createCluster as createCluster6 } from 'redis'
import { createCluster as createCluster5 } from 'redis5'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Instrumentation } from '../../instrumentations/instrumentation.ts'
import { createRedisInstrumentation } from '../../instrumentations/redis/index.ts'
import { withContext } from '../../src/context/index.ts'
import { allAgree, startRedisCluster, type ClusterNode, type RedisCluster } from '../support/redis-cluster.ts'
import { hasRedisServer } from '../support/redis-server.ts'
import { until } from '../support/until.ts'
import { QUIET } from './redis-clients.ts'
import { Telemetry } from './websocket-telemetry.ts'

interface ClusterClient {
  set(key: string, value: string): Promise<unknown>
  lpush(key: string, value: string): Promise<unknown>
  pipeline(key: string): Promise<unknown>
  close(): unknown
}

type OpenCluster = (ports: readonly number[]) => Promise<ClusterClient>

function redisOpener(createCluster: typeof createCluster6): OpenCluster {
  return async (ports) => {
    const rootNodes = ports.map((port) => ({ url: `redis://127.0.0.1:${port}` }))
    const cluster = createCluster({ rootNodes, defaults: { socket: { reconnectStrategy: 50 } } })
    cluster.on('error', () => {})
    await cluster.connect()
    return {
      set: (key, value) => cluster.set(key, value),
      lpush: (key, value) => cluster.lPush(key, value),
      pipeline: (key) => cluster.multi().set(key, '1').get(key).execAsPipeline(),
      close: () => cluster.destroy(),
    }
  }
}

function ioredisOpener(Cluster: typeof Cluster6): OpenCluster {
  return async (ports) => {
    const cluster = new Cluster(ports.map((port) => ({ host: '127.0.0.1', port })), { lazyConnect: true, clusterRetryStrategy: () => 50 }) // prettier-ignore
    cluster.on('error', () => {})
    await cluster.connect()
    return {
      set: (key, value) => cluster.set(key, value),
      lpush: (key, value) => cluster.lpush(key, value),
      pipeline: (key) => cluster.pipeline().set(key, '1').get(key).exec(),
      close: () => cluster.disconnect(),
    }
  }
}

const CLUSTERS: readonly [string, OpenCluster][] = [
  ['redis', redisOpener(createCluster6)],
  ['redis 5', redisOpener(createCluster5 as unknown as typeof createCluster6)],
  ['ioredis', ioredisOpener(Cluster6)],
  ['ioredis 5', ioredisOpener(Cluster5 as unknown as typeof Cluster6)],
]

const telemetry = new Telemetry()
let instrumentation: Instrumentation
let cluster: RedisCluster

/** A key of a slot that the first node has; each test has one of its own. */
async function ownKey(node: ClusterNode, name: string): Promise<{ key: string; slot: string }> {
  for (let n = 0; ; n++) {
    const key = `moving:${name}:${n}`
    const slot = (await node.command('CLUSTER', 'KEYSLOT', key)).slice(1).trim()
    if (Number(slot) < 5_000) return { key, slot }
  }
}

describe.skipIf(!hasRedisServer())('a cluster of', () => {
  beforeAll(async () => {
    cluster = await startRedisCluster()
    telemetry.start()
    instrumentation = createRedisInstrumentation(QUIET)
    instrumentation.enable()
  })
  afterAll(async () => {
    instrumentation.disable()
    telemetry.stop()
    await cluster.stop()
  })

  describe.each(CLUSTERS)('%s', (library, open) => {
    let client: ClusterClient
    const isIoredis = library.startsWith('ioredis')

    beforeEach(async () => {
      client = await open(cluster.nodes.map(({ port }) => port))
      await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => client.set(key, '1')))
      telemetry.clear()
    })
    afterEach(async () => {
      client.close()
      telemetry.clear()
      await Promise.all(cluster.nodes.map((node) => node.start()))
      await until('the nodes to agree', () => allAgree(cluster.nodes))
    })

    it('tells of each command with the node that it went to', async () => {
      await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => client.set(key, '1')))
      await client.pipeline('a')
      const names = telemetry.spans.map(({ name }) => name)
      expect(names).toEqual([...Array.from({ length: 6 }, () => 'SET'), 'PIPELINE'])
      const ports = new Set(telemetry.spans.map(({ attributes }) => attributes['server.port']))
      expect([...ports].toSorted()).toEqual(cluster.nodes.map(({ port }) => port).toSorted())
    })

    it('follows a slot that has moved, or is moving, without a failure being told', async () => {
      const [from, to] = cluster.nodes as [ClusterNode, ClusterNode]
      const moved = await ownKey(from, `${library.replace(' ', '')}:moved`)
      for (const node of [to, from]) await node.command('CLUSTER', 'SETSLOT', moved.slot, 'NODE', to.id)
      await withContext({ 'session.id': 's-1' }, () => client.set(moved.key, 'x'))
      const asked = await ownKey(from, `${library.replace(' ', '')}:asked`)
      await to.command('CLUSTER', 'SETSLOT', asked.slot, 'IMPORTING', from.id)
      await from.command('CLUSTER', 'SETSLOT', asked.slot, 'MIGRATING', to.id)
      await client.set(asked.key, 'x')
      for (const node of [to, from]) await node.command('CLUSTER', 'SETSLOT', asked.slot, 'NODE', to.id)
      const sets = telemetry.spans.filter(({ name }) => name === 'SET')
      expect(sets.filter(({ status }) => status === 'ERROR')).toEqual([])
      expect(sets.map(({ attributes }) => [attributes['db.response.status_code'], attributes['server.port']])).toEqual(
        isIoredis
          ? [[undefined, to.port], [undefined, to.port]]
          : [['MOVED', from.port], [undefined, to.port], ['ASK', from.port], [undefined, to.port]],
      ) // prettier-ignore
      expect(sets[0]?.attributes['session.id']).toBe('s-1')
      expect(telemetry.said('Redis operation failed')).toEqual([])
      expect(telemetry.said('Redis connection failed')).toEqual([])
      // Back, for the next library.
      for (const slot of [moved.slot, asked.slot]) {
        await to.command('FLUSHALL')
        for (const node of [from, to]) await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', from.id)
      }
    })

    it('tells of a failure once', async () => {
      await expect(client.lpush('a', 'x')).rejects.toThrow('WRONGTYPE')
      expect(telemetry.said('Redis operation failed')).toMatchObject([{ fields: { 'clew.operation': 'lpush' } }])
    })

    it('tells of a node that is lost and comes back, and works again', async () => {
      const [node] = cluster.nodes as [ClusterNode]
      const { key } = await ownKey(node, 'lost')
      await client.set(key, '1')
      telemetry.clear()
      await node.kill()
      await until('the loss to be told', () => telemetry.said('Redis connection lost').length > 0)
      await node.start()
      await until('the nodes to agree', () => allAgree(cluster.nodes))
      await until('the cluster to work', () => client.set(key, '2').then(() => true, () => false)) // prettier-ignore
      expect(telemetry.said('Redis connection lost')[0]?.fields).toMatchObject({ 'server.port': node.port })
      const back = telemetry.records.filter(({ message }) => /^Redis (re)?connected$/.test(message))
      expect(back.map(({ fields }) => fields['server.port'])).toContain(node.port)
    })
  })
})
