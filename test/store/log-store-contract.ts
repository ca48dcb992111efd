import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LogEntry } from '../../src/otlp/decode-entry.ts'
import type { LogFilter, LogStore } from '../../src/store/log-store.ts'
import { wordsOf } from '../../src/store/search-words.ts'
import { NOON, SPAN, TRACE, logEntry, spanEntry } from './entry-factory.ts'

/** A fresh, empty store for each test; `dispose` removes what it left. */
export interface StoreUnderTest {
  readonly store: LogStore
  readonly dispose: () => void
}

const uid = (name: string): LogEntry => logEntry({ body: name, attributes: { 'log.record.uid': name } })

/** What every engine of {@link LogStore} must do. */
export function describeLogStore(engine: string, create: () => StoreUnderTest): void {
  describe(`a ${engine} store`, () => {
    let current: StoreUnderTest
    let store: LogStore
    beforeEach(() => {
      current = create()
      store = current.store
    })
    afterEach(async () => {
      await store.close()
      current.dispose()
    })

    const messages = async (filter: LogFilter = {}, limit = 100): Promise<string[]> =>
      (await store.searchLogs(filter, limit)).records.map((record) => record.message)

    const find = async (text: string): Promise<number> => (await messages({ words: wordsOf(text) })).length

    const walk = async (filter: LogFilter, limit: number, between?: () => Promise<unknown>): Promise<string[]> => {
      const found: string[] = []
      let next: string | null | undefined
      do {
        const page = await store.searchLogs(filter, limit, next ?? undefined)
        found.push(...page.records.map((record) => record.message))
        next = page.nextId
        await between?.()
      } while (next !== null)
      return found
    }

    test('gives back a record whole', async () => {
      const attributes = {
        'session.id': 's-1',
        'user.id': 'u-7',
        'clew.tenant.id': 'acme',
        'clew.request.id': 'r-1',
        'clew.operation': 'create_order',
        'clew.duration_ms': 12.5,
        'clew.channel': 'app',
        'http.response.status_code': 201,
        'http.request.method': 'POST',
        'url.path': '/orders',
        'exception.type': 'TypeError',
        'exception.message': 'no',
        'exception.stacktrace': 'TypeError: no\n at x',
        'clew.error.code': 'E_NO',
        'error.type': 'TypeError',
        'user.email': 'ann@example.org',
        'user.roles': ['admin', 'clerk'],
        'client.address': '10.0.0.1',
        'user_agent.original': 'curl/8',
        'http.route': '/orders',
        'clew.action': 'create',
        'clew.status': 'SUCCESS',
        'log.record.uid': '01JABC',
        'order.id': 7,
        nested: { list: [1, 'two', null, { three: 3 }] },
        __proto: 'x',
      }
      const entry = logEntry({
        attributes,
        traceId: TRACE,
        spanId: SPAN,
        timeMillis: NOON + 123,
        timeNanos: 456,
        eventName: 'order.placed',
      })
      const { ids } = await store.appendLogs([entry])
      const found = await store.getLog(String(ids[0]))
      expect(found).toEqual({
        record: {
          id: ids[0],
          timestamp: '2026-11-21T10:00:00.123Z',
          time_unix_nano: `${NOON + 123}000456`,
          level: 'INFO',
          component: 'orders',
          operation: 'create_order',
          message: 'order placed',
          event: 'order.placed',
          service: 'shop',
          session_id: 's-1',
          user_id: 'u-7',
          tenant_id: 'acme',
          request_id: 'r-1',
          trace_id: TRACE,
          span_id: SPAN,
          duration_ms: 12.5,
          user_email: 'ann@example.org',
          user_role: ['admin', 'clerk'],
          ip_address: '10.0.0.1',
          user_agent: 'curl/8',
          method: 'POST',
          path: '/orders',
          route: '/orders',
          status_code: 201,
          action: 'create',
          status: 'SUCCESS',
          error_type: 'TypeError',
          channel: 'app',
          error: {
            type: 'TypeError',
            message: 'no',
            stack: 'TypeError: no\n at x',
            code: 'E_NO',
          },
          uid: '01JABC',
          metadata: { 'order.id': 7, nested: { list: [1, 'two', null, { three: 3 }] }, __proto: 'x' },
        },
        resource: { 'service.name': 'shop', 'host.name': 'h1' },
      })
    })

    test('knows no record by text that is no id', async () => {
      await store.appendLogs([logEntry()])
      for (const id of ['', 'x', '1', "1' or 1=1", '9'.repeat(40), '1.5', '-0'])
        expect(await store.getLog(id)).toBeUndefined()
    })

    test('answers newest first, whatever the order of arrival', async () => {
      await store.appendLogs([3, 1, 2].map((n) => logEntry({ timeMillis: NOON + n, body: `m${n}` })))
      await store.appendLogs([
        logEntry({ timeMillis: NOON - 3_600_000, body: 'late' }),
        logEntry({ timeMillis: NOON + 4, body: 'm4' }),
      ])
      expect(await messages()).toEqual(['m4', 'm3', 'm2', 'm1', 'late'])
    })

    test('walks pages over equal times without losing or doubling a record while others arrive', async () => {
      const bodies = Array.from({ length: 57 }, (_, n) => `tie ${n}`)
      await store.appendLogs(bodies.map((body) => logEntry({ body })))
      const found = await walk({}, 10, () => store.appendLogs([logEntry({ timeMillis: NOON + 60_000, body: 'newer' })]))
      expect(found.toSorted()).toEqual(bodies.toSorted())
    })

    test('takes more records of one millisecond than fit into it', async () => {
      const entries = Array.from({ length: 9000 }, (_, n) =>
        logEntry({ body: `n${n}`, attributes: { 'log.record.uid': `uid${n}` } }),
      )
      await store.appendLogs(entries.slice(0, 5000))
      await store.appendLogs(entries.slice(5000))
      expect(new Set(await walk({}, 1000)).size).toBe(9000)
      expect((await store.appendLogs(entries.slice(4000, 4200))).duplicates).toBe(200)
      expect((await store.searchLogs({}, 1)).records[0]?.timestamp).toBe('2026-11-21T10:00:00.000Z')
    })

    test('stores a replayed record once, in the same request, in another, and beside new ones', async () => {
      expect((await store.appendLogs([uid('a'), uid('b'), uid('a')])).ids[2]).toBeNull()
      const again = await store.appendLogs([uid('a'), uid('c'), uid('b')])
      expect(again).toEqual({ ids: [null, expect.any(String), null], duplicates: 2 })
      expect((await messages()).toSorted()).toEqual(['a', 'b', 'c'])
      expect((await store.statistics({})).logs).toBe(3)
    })

    test('keeps equal records that carry no uid', async () => {
      await store.appendLogs([logEntry(), logEntry()])
      expect(await messages()).toHaveLength(2)
    })

    test('finds words by their beginning in message, values and ids, all of them', async () => {
      await store.appendLogs([
        logEntry({
          body: 'Payment FAILED for order 4711',
          attributes: { carrier: 'north-star', deep: { note: ['fragile'] } },
        }),
        logEntry({ body: 'payment accepted', attributes: { 'user.id': 'u-990', amount: 12 }, traceId: TRACE }),
        logEntry({ body: 'Zahlung über 5 € für Ærø', attributes: {} }),
        logEntry({ body: '数据库连接失败', attributes: {} }),
      ])
      expect(await find('pay')).toBe(2)
      expect(await find('payment failed')).toBe(1)
      expect(await find('PAYMENT Acc')).toBe(1)
      expect(await find('4711')).toBe(1)
      expect(await find('star')).toBe(1)
      expect(await find('fragile')).toBe(1)
      expect(await find('u-990')).toBe(1)
      expect(await find(TRACE)).toBe(1)
      expect(await find('UBER')).toBe(1)
      expect(await find('数据')).toBe(1)
      expect(await find('ayment')).toBe(0)
      expect(await find('payment north rejected')).toBe(0)
    })

    test('takes any text as words, none of it as syntax', async () => {
      await store.appendLogs([logEntry({ body: 'NEAR the end AND "quoted" text*' })])
      for (const text of [
        '"',
        '""',
        "'",
        'a AND',
        'NOT',
        'NEAR(',
        '*',
        'x*',
        '^a',
        'a:b',
        '-',
        '(',
        ')',
        '{}',
        '\\',
        '\0',
        '%',
        '\uE000',
        '\uD800',
        '🙂',
        'words : x',
        'a"b',
      ]) {
        await expect(store.searchLogs({ words: wordsOf(text) }, 10)).resolves.toBeDefined()
        await expect(store.histogram({ words: wordsOf(text) }, 10)).resolves.toBeDefined()
      }
      expect(await messages({ words: wordsOf('near "QUOTED" and') })).toHaveLength(1)
    })

    test('filters by every field, exactly', async () => {
      const ids = { 'session.id': 's-1', 'user.id': 'u-1', 'clew.tenant.id': 't-1', 'clew.request.id': 'r-1' }
      await store.appendLogs([
        logEntry({ body: 'wanted', attributes: ids, traceId: TRACE, component: 'a b', service: 's.v' }),
        logEntry({
          body: 'other',
          attributes: { ...ids, 'session.id': 's-1-2', 'user.id': 'U-1' },
          component: 'a-b',
          service: 's-v',
        }),
        logEntry({ body: 'none', severityNumber: 17 }),
      ])
      const wanted = ['wanted']
      expect(await messages({ sessionId: 's-1' })).toEqual(wanted)
      expect(await messages({ userId: 'u-1' })).toEqual(wanted)
      expect(await messages({ tenantId: 't-1', traceId: TRACE })).toEqual(wanted)
      expect(await messages({ components: ['a b'] })).toEqual(wanted)
      expect(await messages({ service: 's.v', requestId: 'r-1' })).toEqual(wanted)
      expect(await messages({ components: ['a b', 'a-b'] })).toHaveLength(2)
      expect(await messages({ components: ['unknown'] })).toEqual([])
      expect(await messages({ service: 'unknown' })).toEqual([])
      expect(await messages({ ranks: [4, 5] })).toEqual(['none'])
      expect(await messages({ ranks: [] })).toEqual([])
      expect(await messages({ sessionId: '---' })).toEqual([])
    })

    test('takes a time range with its beginning and without its end', async () => {
      await store.appendLogs([-1, 0, 1, 2].map((n) => logEntry({ timeMillis: NOON + n, body: `m${n}` })))
      expect(await messages({ fromMillis: NOON, toMillis: NOON + 2 })).toEqual(['m1', 'm0'])
      expect(await messages({ fromMillis: NOON, toMillis: NOON + 2, words: ['m1'] })).toEqual(['m1'])
    })

    test('shows a level for every severity, and takes the text where there is no number', async () => {
      const numbers = [1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24]
      await store.appendLogs(numbers.map((severityNumber, n) => logEntry({ severityNumber, timeMillis: NOON + n })))
      await store.appendLogs([
        logEntry({ severityNumber: 0, severityText: 'warn' }),
        logEntry({ severityNumber: 0, severityText: '' }),
      ])
      expect(await store.levels()).toEqual({ TRACE: 2, DEBUG: 2, INFO: 3, WARNING: 3, ERROR: 2, CRITICAL: 2 })
    })

    test('counts each record once in a histogram, with whole and with cut slots, with and without words', async () => {
      const entries = Array.from({ length: 500 }, (_, n) =>
        logEntry({ timeMillis: NOON + n * 1234, severityNumber: n % 5 === 0 ? 17 : 9 }),
      )
      await store.appendLogs(entries)
      for (const words of [[], ['order']]) {
        for (const [from, to] of [
          [NOON, NOON + 700_000],
          [NOON + 5001, NOON + 333_333],
          [NOON + 1, NOON + 2],
          [NOON + 61_000, NOON + 62_000],
        ] as const) {
          for (const maxBuckets of [1, 7, 60, 500]) {
            const { buckets, intervalMillis } = await store.histogram(
              { words, fromMillis: from, toMillis: to },
              maxBuckets,
            )
            const inside = entries.filter((entry) => entry.timeMillis >= from && entry.timeMillis < to)
            const sum = (rank: number): number =>
              buckets.reduce((total, bucket) => total + (bucket.counts[rank] ?? 0), 0)
            expect(sum(2) + sum(4)).toBe(inside.length)
            expect(sum(4)).toBe(inside.filter((entry) => entry.severityNumber === 17).length)
            expect(buckets.length).toBeLessThanOrEqual(maxBuckets)
            expect(buckets.every((bucket) => bucket.startMillis % intervalMillis === 0)).toBe(true)
          }
        }
      }
      expect(await store.histogram({ fromMillis: NOON + 9e9 }, 60)).toMatchObject({ buckets: [] })
    })

    test('lists components with their last record', async () => {
      await store.appendLogs(
        [0, 5, 2].map((n) => logEntry({ timeMillis: NOON + n, component: n === 2 ? 'cart' : 'orders' })),
      )
      expect(await store.components()).toEqual([
        { component: 'orders', count: 2, errors: 0, lastMillis: NOON + 5 },
        { component: 'cart', count: 1, errors: 0, lastMillis: NOON + 2 },
      ])
    })

    test('forgets what is older than asked, everywhere', async () => {
      await store.appendLogs(
        Array.from({ length: 12_000 }, (_, n) => logEntry({ timeMillis: NOON + n, body: `m${n}`, traceId: TRACE })),
      )
      await store.appendSpans([
        spanEntry(),
        spanEntry({ spanId: '3333333333333333', startMillis: NOON + 11_000, name: 'later' }),
      ])
      expect(await store.deleteBefore(NOON + 11_000)).toEqual({ logs: 11_000, spans: 1 })
      expect(await store.statistics({})).toMatchObject({ logs: 1000, spans: 1, logsWithTrace: 1000 })
      expect((await messages({ words: ['m11000'] })).length + (await messages({ words: ['m10999'] })).length).toBe(1)
      expect(await store.health()).toMatchObject({ logs: 1000, spans: 1 })
      expect(await store.listTraces({ limit: 5 })).toMatchObject([{ name: 'later', spans: 1, logs: 1000 }])
      const { buckets } = await store.histogram({}, 60)
      expect(buckets.reduce((sum, bucket) => sum + (bucket.counts[2] ?? 0), 0)).toBe(1000)
      expect(await store.deleteBefore(NOON)).toEqual({ logs: 0, spans: 0 })
      await store.appendLogs([logEntry({ body: 'after' })])
      expect(await messages({ words: ['after'] })).toEqual(['after'])
    })

    test('takes values that are hard to keep', async () => {
      const body = 'nul \0 lone \uD800 quote \' " emoji 🙂 end'
      const attributes = JSON.parse('{"__proto__": "p", "constructor": {"a": 1}, "": "empty", "long": ""}') as Record<
        string,
        string
      >
      attributes['long'] = 'x'.repeat(100_000)
      const { ids } = await store.appendLogs([
        logEntry({ body, attributes, timeMillis: 0 }),
        logEntry({ timeMillis: 4e15 }),
        logEntry({ body: { a: [1] } }),
      ])
      const found = await store.getLog(String(ids[0]))
      expect(found?.record.message).toBe(body.toWellFormed().replace('\0', '\uFFFD'))
      expect(found?.record.timestamp).toBe('1970-01-01T00:00:00.000Z')
      expect(Object.getOwnPropertyDescriptor(found?.record.metadata, '__proto__')?.value).toBe('p')
      expect(found?.record.metadata['long']).toHaveLength(100_000)
      expect((await store.getLog(String(ids[2])))?.record.message).toBe('{"a":[1]}')
    })

    test('can be closed twice and refuses to write afterwards', async () => {
      await store.appendLogs([logEntry()])
      await store.close()
      await store.close()
      await expect(store.appendLogs([logEntry()])).rejects.toThrow('is closed')
    })
  })
}
