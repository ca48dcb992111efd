import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LogStore } from '../../src/store/log-store.ts'
import { NOON, SPAN, TRACE, logEntry, spanEntry } from './entry-factory.ts'
import type { StoreUnderTest } from './log-store-contract.ts'

/** What every engine of {@link LogStore} that keeps traces must do. */
export function describeTraceStore(engine: string, create: () => StoreUnderTest): void {
  describe(`a ${engine} store of traces`, () => {
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

    test('answers statistics with correlation of logs and spans', async () => {
      await store.appendLogs([
        logEntry({ traceId: TRACE, spanId: SPAN }),
        logEntry({ traceId: TRACE, spanId: '1111111111111111', severityNumber: 17, component: 'cart' }),
        logEntry({ severityNumber: 21 }),
      ])
      await store.appendSpans([spanEntry()])
      const all = {
        logs: 3,
        spans: 1,
        traces: 1,
        byLevel: { TRACE: 0, DEBUG: 0, INFO: 1, WARNING: 0, ERROR: 1, CRITICAL: 1 },
        byComponent: [
          { component: 'orders', count: 2, errors: 1 },
          { component: 'cart', count: 1, errors: 1 },
        ],
        logsWithTrace: 2,
        logsWithStoredSpan: 1,
      }
      expect(await store.statistics({})).toEqual(all)
      expect(await store.statistics({ fromMillis: NOON - 1, toMillis: NOON + 1 })).toEqual(all)
      expect((await store.statistics({ fromMillis: NOON + 1 })).logs).toBe(0)
    })

    test('keeps a trace together: spans by start, records by time, a replayed span once', async () => {
      const child = spanEntry({
        spanId: '2222222222222222',
        parentSpanId: SPAN,
        name: 'SELECT',
        kind: 3,
        startMillis: NOON + 1,
        statusCode: 2,
        statusMessage: 'gone',
        service: 'db',
        durationNanos: 1e6,
      })
      const event = { name: 'retry', timeMillis: NOON, timeNanos: 7, attributes: { n: 1 } }
      const link = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), attributes: {} }
      expect(await store.appendSpans([child])).toBe(1)
      expect(await store.appendSpans([spanEntry({ events: [event], links: [link] }), child])).toBe(1)
      await store.appendLogs([2, 1].map((n) => logEntry({ traceId: TRACE, timeMillis: NOON + n, body: `m${n}` })))
      const trace = await store.getTrace(TRACE, 10)
      expect(trace?.records.map((record) => record.message)).toEqual(['m1', 'm2'])
      expect(trace?.spans).toEqual([
        {
          span_id: SPAN,
          parent_span_id: null,
          name: 'GET /orders/{id}',
          kind: 'SERVER',
          service: 'shop',
          scope: 'clew/http',
          start: '2026-11-21T10:00:00.000Z',
          start_unix_nano: `${NOON}123456`,
          duration_ms: 12.5,
          status: 'UNSET',
          status_message: null,
          attributes: {},
          events: [
            { name: 'retry', time: '2026-11-21T10:00:00.000Z', time_unix_nano: `${NOON}000007`, attributes: { n: 1 } },
          ],
          links: [{ trace_id: link.traceId, span_id: link.spanId, attributes: {} }],
        },
        expect.objectContaining({
          parent_span_id: SPAN,
          kind: 'CLIENT',
          status: 'ERROR',
          status_message: 'gone',
          service: 'db',
        }),
      ])
      const summary = {
        trace_id: TRACE,
        name: 'GET /orders/{id}',
        service: 'shop',
        spans: 2,
        logs: 2,
        errors: 1,
        start: '2026-11-21T10:00:00.000Z',
        duration_ms: 12.5,
      }
      expect(await store.listTraces({ limit: 5 })).toEqual([summary])
      expect(await store.listTraces({ limit: 5, service: 'db' })).toEqual([summary])
      expect(await store.listTraces({ limit: 5, service: 'other' })).toEqual([])
      expect((await store.getTrace(TRACE, 1))?.truncated).toBe(true)
      expect(await store.getTrace('f'.repeat(32), 10)).toBeUndefined()
    })
  })
}
