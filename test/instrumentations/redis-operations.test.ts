import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Instrumentation } from '../../instrumentations/instrumentation.ts'
import { createRedisInstrumentation } from '../../instrumentations/redis/index.ts'
import { withContext } from '../../src/context/index.ts'
import { getLogger } from '../../src/logging/index.ts'
import { hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts'
import { LIBRARIES, QUIET, type TestClient } from './redis-clients.ts'
import { Telemetry } from './websocket-telemetry.ts'

const telemetry = new Telemetry()
let server: RedisServer

function database(): Record<string, unknown> {
  return {
    'db.system.name': 'redis',
    'db.namespace': '0',
    'server.address': '127.0.0.1',
    'server.port': server.port,
  }
}

function target(): Record<string, unknown> {
  return { ...database(), 'network.peer.address': '127.0.0.1', 'network.peer.port': server.port }
}

describe.skipIf(!hasRedisServer())('operations of', () => {
  beforeAll(async () => {
    server = await startRedisServer()
    telemetry.start()
  })
  afterAll(async () => {
    telemetry.stop()
    await server.stop()
  })

  describe.each(LIBRARIES)('%s', (_, open) => {
    let instrumentation: Instrumentation
    let client: TestClient

    beforeEach(async () => {
      instrumentation = createRedisInstrumentation(QUIET)
      instrumentation.enable()
      client = await open(server.url)
      await client.command('FLUSHALL')
      telemetry.clear()
    })
    afterEach(async () => {
      await client.quit()
      instrumentation.disable()
      telemetry.clear()
    })

    it('are client spans with the command, without its arguments', async () => {
      await client.set('user:42:cart', 's3cret')
      expect(await client.get('user:42:cart')).toBe('s3cret')
      expect(telemetry.spans.map(({ name, kind, attributes }) => ({ name, kind, attributes }))).toEqual([
        {
          name: 'SET',
          kind: 'CLIENT',
          attributes: { ...target(), 'db.operation.name': 'SET', 'db.query.text': 'SET ? ?' },
        },
        {
          name: 'GET',
          kind: 'CLIENT',
          attributes: { ...target(), 'db.operation.name': 'GET', 'db.query.text': 'GET ?' },
        },
      ])
      expect(telemetry.records).toEqual([])
    })

    it('are children of the work around them and carry its session', async () => {
      await withContext({ 'session.id': 's-1' }, () =>
        getLogger('shop').operation('checkout', () => client.set('a', '1')),
      )
      const [set, operation] = telemetry.spans
      expect(set).toMatchObject({ name: 'SET', trace_id: operation?.trace_id, parent_span_id: operation?.span_id })
      expect(set?.attributes).toMatchObject({ 'session.id': 's-1' })
    })

    it('that fail are told with operation, key pattern, session and stack, and fail the same', async () => {
      await client.set('user:42:cart', '1')
      telemetry.clear()
      const failing = withContext({ 'session.id': 's-1' }, () => client.lpush('user:42:cart', 's3cret'))
      await expect(failing).rejects.toThrow('WRONGTYPE Operation against a key holding the wrong kind of value')
      const [span] = telemetry.spans
      expect(span).toMatchObject({
        status: 'ERROR',
        attributes: { 'db.response.status_code': 'WRONGTYPE', 'error.type': 'WRONGTYPE' },
      })
      expect(telemetry.records).toEqual([
        {
          level: 'ERROR',
          component: 'redis',
          message: 'Redis operation failed',
          event: undefined,
          fields: {
            ...target(),
            'session.id': 's-1',
            'clew.operation': 'lpush',
            'clew.redis.key_pattern': 'user:*:cart',
            'clew.duration_ms': expect.any(Number),
            'db.operation.name': 'LPUSH',
            'db.response.status_code': 'WRONGTYPE',
            'error.type': 'WRONGTYPE',
          },
          error: {
            type: expect.stringMatching(/^(SimpleError|ReplyError)$/),
            message: 'WRONGTYPE Operation against a key holding the wrong kind of value',
            stack: expect.stringContaining('WRONGTYPE'),
          },
          trace_id: span?.trace_id,
          span_id: span?.span_id,
        },
      ])
    })

    it('never tell arguments, even when the server repeats them', async () => {
      await expect(client.command('NOSUCH', 's3cret')).rejects.toThrow("with args beginning with: 's3cret'")
      expect(telemetry.said('Redis operation failed')).toMatchObject([{ error: { message: 'ERR unknown command ?' } }])
      expect(JSON.stringify([telemetry.records, telemetry.spans])).not.toContain('s3cret')
    })

    it('in a transaction are one span', async () => {
      await client.multi('a', 'b')
      expect(telemetry.spans).toHaveLength(1)
      expect(telemetry.spans[0]).toMatchObject({ name: 'MULTI', status: 'UNSET' })
      expect(telemetry.spans[0]?.attributes).toEqual({
        ...target(),
        'db.operation.name': 'MULTI',
        'db.operation.batch.size': 2,
      })
    })

    it('in a transaction that fail are told once', async () => {
      await client.multi('a', 'a').catch(() => {})
      expect(telemetry.spans).toMatchObject([
        { name: 'MULTI', status: 'ERROR', attributes: { 'error.type': 'WRONGTYPE' } },
      ])
      expect(telemetry.said('Redis operation failed')).toMatchObject([
        { fields: { 'clew.operation': 'multi', 'db.response.status_code': 'WRONGTYPE', 'db.operation.batch.size': 2 } },
      ])
    })

    it('that are slow are told, unless they wait by design', async () => {
      instrumentation.disable()
      instrumentation = createRedisInstrumentation({ ...QUIET, slowMillis: 0 })
      instrumentation.enable()
      await client.get('orders:7')
      await client.blpop('nothing', 0.01)
      await client.command('XREAD', 'BLOCK', '10', 'STREAMS', 'events', '$')
      expect(telemetry.records).toMatchObject([
        {
          level: 'WARNING',
          message: 'slow Redis command',
          fields: { 'clew.operation': 'get', 'clew.redis.key_pattern': 'orders:*' },
        },
      ])
      expect(telemetry.records[0]?.span_id).toBe(telemetry.spans[0]?.span_id)
    })

    it('have a span only inside of another one, or none at all, where that is asked for', async () => {
      instrumentation.disable()
      instrumentation = createRedisInstrumentation({ ...QUIET, requireParent: true, ignoreCommands: ['get'] })
      instrumentation.enable()
      await client.set('a', '1')
      await client.get('a')
      await client.lpush('a', 'x').catch(() => {})
      await getLogger('shop').operation('work', async () => {
        await client.set('a', '2')
        await client.get('a')
      })
      expect(telemetry.spans.map(({ name }) => name)).toEqual(['SET', 'work'])
      expect(telemetry.said('Redis operation failed')).toMatchObject([{ fields: { 'clew.operation': 'lpush' } }])
    })

    it('that fail are told with the place of the call, and not that of the parser', async () => {
      await client.set('a', '1')
      async function callsIt(): Promise<void> {
        await client.lpush('a', 'x')
      }
      await callsIt().catch(() => {})
      const [failed] = telemetry.said('Redis operation failed')
      expect(failed?.error).toMatchObject({ stack: expect.stringContaining('callsIt') as string })
      expect(JSON.stringify(failed?.error)).not.toMatch(/parser|decoder|DataHandler|operation-road|method-patch/i)
    })

    it('are measured in seconds, by operation and error', async () => {
      const reader = new PeriodicExportingMetricReader({
        exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
        exportIntervalMillis: 3_600_000,
      })
      const provider = new MeterProvider({ readers: [reader] })
      metrics.setGlobalMeterProvider(provider)
      await client.set('a', '1')
      await client.lpush('a', 'x').catch(() => {})
      const { resourceMetrics } = await reader.collect()
      const [metric] = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
      expect(metric?.descriptor).toMatchObject({ name: 'db.client.operation.duration', unit: 's' })
      expect(metric?.dataPoints.map((point) => point.attributes)).toEqual([
        { ...database(), 'db.operation.name': 'SET' },
        {
          ...database(),
          'db.operation.name': 'LPUSH',
          'db.response.status_code': 'WRONGTYPE',
          'error.type': 'WRONGTYPE',
        },
      ])
      metrics.disable()
      await provider.shutdown()
    })

    it('are seen once when enabled twice, and not at all when disabled', async () => {
      instrumentation.enable()
      await client.set('a', '1')
      expect(telemetry.spans).toHaveLength(1)
      instrumentation.disable()
      await client.set('a', '2')
      await expect(client.lpush('a', 'x')).rejects.toThrow('WRONGTYPE')
      expect([telemetry.spans.length, telemetry.records.length]).toEqual([1, 0])
      instrumentation.enable()
      await client.set('a', '3')
      expect(telemetry.spans).toHaveLength(2)
    })
  })
})
