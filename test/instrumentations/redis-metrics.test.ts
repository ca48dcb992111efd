import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type Histogram,
} from '@opentelemetry/sdk-metrics'
import { Redis } from 'ioredis'
import { createClient, createClientPool } from 'redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Instrumentation } from '../../instrumentations/instrumentation.ts'
import { createRedisInstrumentation } from '../../instrumentations/redis/index.ts'
import { hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts'
import { QUIET } from './redis-clients.ts'

let server: RedisServer
let instrumentation: Instrumentation
let reader: PeriodicExportingMetricReader
let provider: MeterProvider

interface Point {
  readonly attributes: Record<string, unknown>
  readonly value: unknown
}

async function pointsOf(name: string): Promise<readonly Point[]> {
  const { resourceMetrics } = await reader.collect()
  const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
  return all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []
}

describe.skipIf(!hasRedisServer())('metrics of Redis clients', () => {
  beforeAll(async () => {
    server = await startRedisServer()
  })
  afterAll(() => server.stop())

  describe.each([AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA])(
    'read as temporality %s',
    (temporality) => {
      beforeEach(() => {
        reader = new PeriodicExportingMetricReader({ exporter: new InMemoryMetricExporter(temporality), exportIntervalMillis: 3_600_000 }) // prettier-ignore
        provider = new MeterProvider({ readers: [reader] })
        metrics.setGlobalMeterProvider(provider)
        instrumentation = createRedisInstrumentation(QUIET)
        instrumentation.enable()
      })
      afterEach(async () => {
        instrumentation.disable()
        metrics.disable()
        await provider.shutdown()
      })

      it('count each operation once, however often they are collected between', async () => {
        const client = createClient({ url: server.url })
        await client.connect()
        const counts: number[] = []
        for (const times of [1, 5, 3]) {
          for (let n = 0; n < times; n++) await client.set('a', '1')
          const [point] = await pointsOf('db.client.operation.duration')
          counts.push((point?.value as Histogram | undefined)?.count ?? 0)
        }
        client.destroy()
        expect(counts).toEqual(temporality === AggregationTemporality.DELTA ? [1, 5, 3] : [1, 6, 9])
      })
    },
  )

  describe('of connections', () => {
    const pool = (): object => ({ 'db.client.connection.pool.name': `127.0.0.1:${server.port}/0` })

    beforeEach(() => {
      reader = new PeriodicExportingMetricReader({ exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE), exportIntervalMillis: 3_600_000 }) // prettier-ignore
      provider = new MeterProvider({ readers: [reader] })
      metrics.setGlobalMeterProvider(provider)
      instrumentation = createRedisInstrumentation(QUIET)
      instrumentation.enable()
    })
    afterEach(async () => {
      instrumentation.disable()
      metrics.disable()
      await provider.shutdown()
    })

    it('tell how many there are, of both clients, and how many commands wait for an answer', async () => {
      const redis = createClient({ url: server.url })
      redis.on('error', () => {})
      await redis.connect()
      const ioredis = new Redis(server.url)
      await ioredis.ping()
      const waiting = ioredis.blpop('nothing', 0)
      waiting.catch(() => {})
      expect(await pointsOf('db.client.connection.count')).toMatchObject([
        { attributes: { ...pool(), 'db.client.connection.state': 'used' }, value: 2 },
      ])
      expect(await pointsOf('clew.redis.pending_commands')).toMatchObject([{ value: 1 }])
      redis.destroy()
      ioredis.disconnect()
      await expect(waiting).rejects.toThrow()
      expect(await pointsOf('db.client.connection.count')).toMatchObject([{ value: 0 }])
      expect(await pointsOf('clew.redis.pending_commands')).toMatchObject([{ value: 0 }])
      const created = await pointsOf('db.client.connection.create_time')
      expect(created).toMatchObject([{ attributes: pool(), value: { count: 2 } }])
    })

    it("tell of a pool's idle clients, and of what waits for one", async () => {
      const clients = createClientPool({ url: server.url }, { minimum: 2, maximum: 2 })
      clients.on('error', () => {})
      await clients.connect()
      expect(await pointsOf('db.client.connection.count')).toMatchObject([
        { attributes: { ...pool(), 'db.client.connection.state': 'idle' }, value: 2 },
        { attributes: { ...pool(), 'db.client.connection.state': 'used' }, value: 0 },
      ])
      const { promise: held, resolve: release } = Promise.withResolvers<void>()
      const tasks = [1, 2, 3, 4, 5].map(() => clients.execute(() => held))
      expect(await pointsOf('db.client.connection.pending_requests')).toMatchObject([{ attributes: pool(), value: 3 }])
      release()
      await Promise.all(tasks)
      expect(await pointsOf('db.client.connection.pending_requests')).toMatchObject([{ value: 0 }])
      expect((await pointsOf('db.client.connection.wait_time'))[0]).toMatchObject({
        attributes: pool(),
        value: { count: 5 },
      })
      await clients.close()
    })
  })
})
