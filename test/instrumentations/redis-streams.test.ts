import { createClientPool } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Instrumentation } from '../../instrumentations/instrumentation.ts'
import { contextOf, createRedisInstrumentation, withMessageContext } from '../../instrumentations/redis/index.ts'
import { withContext } from '../../src/context/index.ts'
import { getLogger } from '../../src/logging/index.ts'
import { hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts'
import { LIBRARIES, QUIET, type TestClient } from './redis-clients.ts'
import { Telemetry } from './websocket-telemetry.ts'

const telemetry = new Telemetry()
const log = getLogger('shop')
let instrumentation: Instrumentation
let server: RedisServer

function enable(streamContext: boolean): void {
  instrumentation = createRedisInstrumentation({ ...QUIET, streamContext })
  instrumentation.enable()
}

/** The fields of an entry, as either client gives it. */
function fieldNames(entry: unknown): string[] {
  if (!Array.isArray(entry)) return Object.keys((entry as { message: object }).message)
  return (entry[1] as string[]).filter((_, index) => index % 2 === 0)
}

describe.skipIf(!hasRedisServer())('messages by', () => {
  beforeAll(async () => {
    server = await startRedisServer()
    telemetry.start()
  })
  afterAll(async () => {
    telemetry.stop()
    await server.stop()
  })

  describe.each(LIBRARIES)('%s', (_, open) => {
    let client: TestClient

    async function begin(streamContext: boolean): Promise<void> {
      enable(streamContext)
      client = await open(server.url)
      await client.command('FLUSHALL')
      await client.command('XGROUP', 'CREATE', 'jobs', 'workers', '0', 'MKSTREAM')
      telemetry.clear()
    }
    afterEach(async () => {
      await client.quit()
      instrumentation.disable()
      telemetry.clear()
    })

    it('in a stream stay as they are, unless it is asked for', async () => {
      await begin(false)
      await log.operation('produce', () => client.xadd('jobs', 'text', 'hello'))
      const [entry] = await client.xreadgroup('jobs', 'workers')
      expect(fieldNames(entry)).toEqual(['text'])
      expect(contextOf(entry)).toEqual({ headers: {}, fields: {} })
      expect(withMessageContext(entry, () => 7)).toBe(7)
    })

    it('in a stream carry their trace to whoever reads them', async () => {
      await begin(true)
      await log.operation('produce', () => client.xadd('jobs', 'text', 'hello'))
      const [entry] = await client.xreadgroup('jobs', 'workers')
      expect(fieldNames(entry)).toEqual(['text', 'traceparent'])
      await withContext({ 'session.id': 'the worker, not the message' }, () =>
        withMessageContext(entry, () => log.operation('consume', () => Promise.resolve())),
      )
      const [xadd, produce, read, consume] = telemetry.spans
      expect([xadd?.name, produce?.name, read?.name, consume?.name]).toEqual([
        'XADD',
        'produce',
        'XREADGROUP',
        'consume',
      ])
      expect(xadd).toMatchObject({ kind: 'PRODUCER', parent_span_id: produce?.span_id, trace_id: produce?.trace_id })
      expect(consume).toMatchObject({ parent_span_id: xadd?.span_id, trace_id: xadd?.trace_id })
      expect(consume?.attributes).not.toHaveProperty(['session.id'])
      expect(read).toMatchObject({ links: [{ trace_id: xadd?.trace_id, span_id: xadd?.span_id }] })
    })

    it('in a stream carry it also from a pipeline, and none where there is no trace, or one already', async () => {
      await begin(true)
      await log.operation('produce', async () => {
        await client.pipeline(['XADD', 'jobs', '*', 'a', '1'], ['XADD', 'jobs', '*', 'traceparent', 'mine'])
      })
      const entries = await client.xreadgroup('jobs', 'workers')
      expect(entries.map(fieldNames)).toEqual([['a', 'traceparent'], ['traceparent']])
      const produce = telemetry.spans.find(({ name }) => name === 'produce')
      expect(contextOf(entries[0]).headers['traceparent']).toContain(produce?.trace_id)
    })

    it('of a subscription belong to nobody, least of all to whoever subscribed', async () => {
      await begin(false)
      const subscriber = await withContext({ 'session.id': 'subscriber' }, () => open(server.url))
      telemetry.clear()
      const { promise: heard, resolve } = Promise.withResolvers<string>()
      const subscribe = (): Promise<unknown> =>
        subscriber.subscribe('news', (message) => {
          log.info('heard')
          resolve(message)
        })
      await withContext({ 'session.id': 'subscriber' }, () => log.operation('subscribe', subscribe))
      await withContext({ 'session.id': 'publisher' }, () => client.command('PUBLISH', 'news', 'hello'))
      expect(await heard).toBe('hello')
      await subscriber.quit()
      expect(telemetry.spans.find(({ name }) => name === 'PUBLISH')).toMatchObject({
        kind: 'PRODUCER',
        attributes: { 'session.id': 'publisher', 'db.query.text': 'PUBLISH ? ?' },
      })
      const [said] = telemetry.said('heard')
      expect([said?.trace_id, said?.fields]).toEqual([undefined, {}])
    })
  })

  it('a pool of redis are heard of each of its clients', async () => {
    enable(false)
    const pool = createClientPool({ url: server.url }, { minimum: 2 })
    pool.on('error', () => {})
    await pool.connect()
    telemetry.clear()
    await Promise.all([1, 2, 3].map((n) => withContext({ 'session.id': `s-${n}` }, () => pool.set('a', String(n)))))
    expect(telemetry.spans.map(({ attributes }) => attributes['session.id']).toSorted()).toEqual(['s-1', 's-2', 's-3'])
    await pool.close()
    instrumentation.disable()
  })

  it('are read from lists, objects, maps and bytes, and from what is none', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const expected = { headers: { traceparent }, fields: {} }
    for (const entry of [
      ['1-0', ['a', '1', 'traceparent', traceparent]],
      ['a', '1', 'traceparent', traceparent],
      { id: '1-0', message: { a: '1', traceparent } },
      { a: '1', traceparent },
      new Map([['traceparent', traceparent]]),
      [Buffer.from('1-0'), [Buffer.from('traceparent'), Buffer.from(traceparent)]],
    ])
      expect(contextOf(entry)).toEqual(expected)
    for (const entry of [undefined, null, 7, 'text', [], ['1-0', null], {}, { id: '1', message: null }])
      expect(contextOf(entry)).toEqual({ headers: {}, fields: {} })
  })
})
