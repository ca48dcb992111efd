import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SessionFilter, LogStore } from '../../src/store/log-store.ts'
import type { SessionItem } from '../../src/store/session/stored-session.ts'
import { NOON, SPAN, TRACE, logEntry, spanEntry } from './entry-factory.ts'
import type { StoreUnderTest } from './log-store-contract.ts'
import { OTHER_PROCESS, PROCESS, ownLog, sessionLog, sessionSpan, wholeSession } from './session-entries.ts'

const LATER = NOON + 3_600_000
const nameOf = (item: SessionItem): string => ('span' in item ? item.span.name : item.record.message)

/** What every engine of {@link LogStore} that keeps sessions must do. */
export function describeSessionStore(engine: string, create: () => StoreUnderTest): void {
  describe(`a ${engine} store of sessions`, () => {
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

    const list = (filter: SessionFilter = {}, nowMillis = LATER) =>
      store.listSessions(filter, { limit: 100, nowMillis })
    const life = (id = 's-1', nowMillis = LATER) => store.getSession(id, { limit: 100, nowMillis })
    const state = async (nowMillis: number): Promise<unknown> => {
      const [session] = (await list({}, nowMillis)).sessions
      return [session?.state, session?.state_reason, session?.last_sign_of_life]
    }
    const verdict = async (nowMillis: number): Promise<unknown> => ((await state(nowMillis)) as unknown[]).slice(0, 2)
    const told = {
      session_id: 's-1',
      role: 'server',
      state: 'closed',
      state_reason: 'end_recorded',
      service: 'chat',
      instance_id: 'i-1',
      host: 'h1',
      process_pid: 7,
      tenant_id: 'acme',
      user_id: 'u-1',
      trace_id: TRACE,
      span_id: SPAN,
      began: '2026-11-21T10:00:00.000Z',
      last_sign_of_life: '2026-11-21T10:00:03.000Z',
      ended: '2026-11-21T10:00:03.000Z',
      duration_ms: 3000,
      messages_received: 30,
      messages_sent: 15,
      bytes_received: 3000,
      bytes_sent: 6000,
      close_code: 1001,
      close_name: 'going away',
      close_reason: 'bye',
      errors: 1,
      summary_interval_ms: 1000,
      service_began_anew: null,
      protocol: 'chat.v1',
      ip_address: '10.0.0.1',
      user_agent: null,
      path: null,
      details: { 'websocket.ping.count': 3 },
    }

    test('tells a session the same in whatever order its records and spans come', async () => {
      const { logs, spans } = wholeSession()
      for (let turn = 0; turn < logs.length; turn++) {
        const fresh = turn === 0 ? current : create()
        try {
          const turned = [...logs.slice(turn), ...logs.slice(0, turn)]
          if (turn % 2 === 0) await fresh.store.appendSpans(spans)
          for (const log of turned) await fresh.store.appendLogs([log])
          if (turn % 2 === 1) await fresh.store.appendSpans(spans)
          const found = await fresh.store.listSessions({}, { limit: 10, nowMillis: LATER })
          expect(found).toEqual({ sessions: [told], nextId: null })
        } finally {
          if (fresh !== current) await fresh.store.close()
          if (fresh !== current) fresh.dispose()
        }
      }
    })

    test('answers its whole life in order of time, with what it adds up to', async () => {
      const { logs, spans } = wholeSession()
      await store.appendLogs(logs)
      await store.appendSpans(spans)
      const found = await life()
      expect(found?.items.map((item) => [item.kind, nameOf(item)])).toEqual([
        ['upgrade', 'GET'],
        ['session', 'websocket session'],
        ['start', 'connected'],
        ['summary', 'summary'],
        ['operation', 'store'],
        ['redis', 'GET'],
        ['error', 'no such room'],
        ['log', 'by the way'],
        ['end', 'disconnected'],
      ])
      const step = { span_id: SPAN, messages_received: 10, messages_sent: 5, bytes_received: 1000, bytes_sent: 2000 }
      expect({ ...found, items: [] }).toEqual({
        session_id: 's-1',
        state: 'closed',
        sessions: [told],
        traces: [
          {
            trace_id: TRACE,
            name: 'GET',
            service: 'chat',
            start: '2026-11-21T09:59:59.999Z',
            duration_ms: 3001,
            spans: 4,
            errors: 0,
          },
        ],
        statistics: {
          records: 5,
          spans: 3,
          by_level: { TRACE: 0, DEBUG: 0, INFO: 4, WARNING: 0, ERROR: 1, CRITICAL: 0 },
          by_component: [
            { component: 'orders', count: 4, errors: 1 },
            { component: 'rooms', count: 1, errors: 0 },
          ],
          operations: {
            count: 1,
            errors: 0,
            slowest: [
              {
                name: 'store',
                component: 'clew/http',
                start: '2026-11-21T10:00:01.200Z',
                duration_ms: 5,
                status: 'UNSET',
                trace_id: TRACE,
                span_id: 'bbbbbbbbbbbbbbbb',
              },
            ],
          },
          redis: { count: 1, errors: 0, commands: [{ command: 'GET', count: 1, errors: 0, total_ms: 2, max_ms: 2 }] },
          traffic: [
            { ...step, from: told.began, to: '2026-11-21T10:00:01.000Z' },
            {
              ...step,
              from: '2026-11-21T10:00:01.000Z',
              to: told.ended,
              messages_received: 20,
              messages_sent: 10,
              bytes_received: 2000,
              bytes_sent: 4000,
            },
          ],
          activity: {
            interval_ms: 50,
            buckets: [
              { time: '2026-11-21T10:00:00.000Z', logs: 1, errors: 0, operations: 0, redis: 0 },
              { time: '2026-11-21T10:00:01.000Z', logs: 1, errors: 0, operations: 0, redis: 0 },
              { time: '2026-11-21T10:00:01.200Z', logs: 0, errors: 0, operations: 1, redis: 1 },
              { time: '2026-11-21T10:00:01.500Z', logs: 1, errors: 1, operations: 0, redis: 0 },
              { time: '2026-11-21T10:00:01.600Z', logs: 1, errors: 0, operations: 0, redis: 0 },
              { time: '2026-11-21T10:00:03.000Z', logs: 1, errors: 0, operations: 0, redis: 0 },
            ],
          },
        },
        items: [],
        nextId: null,
      })
    })

    test('walks a life page by page without losing or doubling an item, statistics with the first', async () => {
      const logs = Array.from({ length: 40 }, (_, n) => sessionLog({ at: Math.floor(n / 7), body: `log ${n}` }))
      const spans = Array.from({ length: 40 }, (_, n) =>
        sessionSpan({ at: Math.floor(n / 5), spanId: (n + 0x1000).toString(16).padStart(16, '1'), name: `span ${n}` }),
      )
      await store.appendLogs([...logs, sessionLog({ session: 's-2', body: 'of another' })])
      await store.appendSpans(spans)
      const found: string[] = []
      let afterId: string | null | undefined
      do {
        const page = await store.getSession('s-1', { limit: 7, nowMillis: LATER, ...(afterId ? { afterId } : {}) })
        expect(page?.statistics === null).toBe(afterId !== undefined)
        found.push(...(page?.items ?? []).map(nameOf))
        afterId = page?.nextId
      } while (afterId)
      expect(found).toHaveLength(80)
      expect(new Set(found).size).toBe(80)
      expect((await life())?.items.map(nameOf)).toEqual(found)
    })

    test('takes a session without an end for open while it gives signs of life, then for broken off', async () => {
      await store.appendLogs([ownLog('connected', { fields: { 'websocket.summary_interval_ms': 1000 } })])
      const first = '2026-11-21T10:00:00.000Z'
      expect(await state(NOON + 2500)).toEqual(['open', 'sign_of_life', first])
      expect(await state(NOON + 2501)).toEqual(['broken_off', 'silent', first])
      await store.appendLogs([sessionLog({ at: 2000 })])
      expect(await state(NOON + 4500)).toEqual(['open', 'sign_of_life', '2026-11-21T10:00:02.000Z'])
      await store.appendSpans([sessionSpan({ at: 2500, spanId: 'dddddddddddddddd', durationNanos: 5e8 })])
      expect(await state(NOON + 5500)).toEqual(['open', 'sign_of_life', '2026-11-21T10:00:03.000Z'])
      await store.appendLogs([
        sessionLog({ at: 9000, resource: OTHER_PROCESS }),
        sessionLog({ at: 9000, traceId: '1'.repeat(32) }),
        sessionLog({ at: 9000, session: 's-2' }),
      ])
      expect(await state(NOON + 9000)).toEqual(['broken_off', 'silent', '2026-11-21T10:00:03.000Z'])
      expect((await list({ states: ['open'] }, NOON + 5500)).sessions).toHaveLength(1)
      expect((await list({ states: ['open'] }, NOON + 9000)).sessions).toHaveLength(0)
      expect((await list({ states: ['broken_off', 'closed'] }, NOON + 9000)).sessions).toHaveLength(1)
    })

    test('goes by five minutes where no interval is told, and by nothing where there is none', async () => {
      await store.appendLogs([ownLog('connected')])
      expect(await verdict(NOON + 750_000)).toEqual(['open', 'sign_of_life'])
      expect(await verdict(NOON + 750_001)).toEqual(['broken_off', 'silent'])
      await store.appendLogs([ownLog('summary', { at: 1, fields: { 'websocket.summary_interval_ms': 0 } })])
      expect(await verdict(NOON + 9e9)).toEqual(['open', 'no_summaries'])
    })

    test('knows a session to be broken off when its process stopped, or its instance began again', async () => {
      await store.appendLogs([ownLog('connected')])
      const system = (eventName: string, at: number, resource: typeof PROCESS) =>
        logEntry({ eventName, resource, timeMillis: NOON + at, component: 'system' })
      await store.appendLogs([system('STARTUP', -1, PROCESS), system('STARTUP', 5, OTHER_PROCESS)])
      expect(await verdict(NOON + 10)).toEqual(['open', 'sign_of_life'])
      expect((await list({}, NOON + 10)).sessions[0]?.service_began_anew).toBe('2026-11-21T10:00:00.005Z')
      const again = { ...PROCESS, attributes: { ...PROCESS.attributes, 'process.pid': 9 } }
      await store.appendLogs([system('STARTUP', 6, again)])
      expect(await verdict(NOON + 10)).toEqual(['broken_off', 'instance_restarted'])
      await store.appendLogs([system('STOPPED', 7, PROCESS)])
      expect(await verdict(NOON + 10)).toEqual(['broken_off', 'instance_stopped'])
      await store.appendLogs([sessionLog({ at: 8 })])
      expect(await verdict(NOON + 10)).toEqual(['open', 'sign_of_life'])
    })

    test('tells a session that was left open, and a connection that failed', async () => {
      await store.appendLogs([
        ownLog('disconnected', { at: 500, fields: { 'websocket.left_open': 'shutdown' } }),
        ownLog('failed', { at: 700, session: 's-2', spanId: '2'.repeat(16), fields: { 'websocket.role': 'client' } }),
        logEntry({ eventName: 'websocket.failed', attributes: { 'session.id': 's-3' }, body: 'refused: no session' }),
      ])
      const found = (await list()).sessions
      const seen = found.map(({ session_id, role, began, ...one }) => [
        session_id,
        role,
        one.state,
        one.duration_ms,
        began,
      ])
      expect(seen.toSorted()).toEqual([
        ['s-1', 'server', 'left_open', 500, '2026-11-21T10:00:00.000Z'],
        ['s-2', 'client', 'closed', 700, '2026-11-21T10:00:00.000Z'],
      ])
    })

    test('shows both ends of a connection apart, and tells the state by the server', async () => {
      const client = { 'websocket.role': 'client' }
      await store.appendLogs([
        ownLog('connected'),
        ownLog('connected', { at: 1, spanId: '2'.repeat(16), resource: OTHER_PROCESS, fields: client }),
        ownLog('disconnected', { at: 50, spanId: '2'.repeat(16), resource: OTHER_PROCESS, fields: client }),
        ownLog('disconnected', { at: 60, fields: { 'websocket.left_open': 'shutdown' } }),
      ])
      const found = await life()
      expect(found?.state).toBe('left_open')
      expect(found?.sessions.map(({ role, state: its }) => [role, its])).toEqual([
        ['client', 'closed'],
        ['server', 'left_open'],
      ])
    })

    test('lists by who, where and when, and walks pages over equal times', async () => {
      const at = (n: number) => ({ at: n, session: `s-${n}`, spanId: n.toString(16).padStart(16, '4') })
      await store.appendLogs(
        Array.from({ length: 30 }, (_, n) => ownLog('connected', { ...at(n), timeMillis: NOON + Math.floor(n / 4) })),
      )
      await store.appendLogs([
        ownLog('connected', { ...at(40), fields: { 'user.id': 'u-9', 'clew.tenant.id': 't-9' } }),
        ownLog('disconnected', at(40)),
      ])
      const walked: string[] = []
      let beforeId: string | null | undefined
      do {
        const page = await store.listSessions({}, { limit: 7, nowMillis: LATER, ...(beforeId ? { beforeId } : {}) })
        walked.push(...page.sessions.map(({ session_id }) => session_id))
        beforeId = page.nextId
      } while (beforeId)
      expect(walked[0]).toBe('s-40')
      expect(new Set(walked).size).toBe(31)
      expect(walked).toHaveLength(31)
      const ids = async (filter: SessionFilter) => (await list(filter)).sessions.map(({ session_id }) => session_id)
      expect(await ids({ userId: 'u-9' })).toEqual(['s-40'])
      expect(await ids({ tenantId: 't-9', service: 'chat', states: ['closed'] })).toEqual(['s-40'])
      expect(await ids({ service: 'shop' })).toEqual([])
      expect(await ids({ fromMillis: NOON + 30 })).toEqual(['s-40'])
      expect(await ids({ toMillis: NOON + 1 })).toHaveLength(4)
    })

    test('knows the user of a session by any of its records, the newest of them', async () => {
      const other = { traceId: '9'.repeat(32), component: 'http' }
      await store.appendLogs([sessionLog({ ...other, at: -100, fields: { 'user.id': 'early' } })])
      await store.appendLogs([ownLog('connected')])
      expect((await list()).sessions[0]?.user_id).toBe('early')
      await store.appendLogs([sessionLog({ ...other, at: 100, fields: { 'user.id': 'late' } })])
      expect((await list()).sessions[0]?.user_id).toBe('late')
    })

    test('answers what carries an id of no connection, and nothing for an id that nothing carries', async () => {
      await store.appendLogs([sessionLog({ session: 'http-only', body: 'bound by a request' })])
      expect(await life('http-only')).toMatchObject({ state: null, sessions: [], items: [{ kind: 'log' }] })
      for (const id of ['s-1', '', "' or 1=1", '"', 'HTTP-only', '\0']) expect(await life(id)).toBeUndefined()
    })

    test('forgets a session with its last sign of life', async () => {
      const { logs, spans } = wholeSession()
      await store.appendLogs([...logs, ownLog('connected', { session: 's-2', at: 5000, spanId: '5'.repeat(16) })])
      await store.appendSpans([...spans, spanEntry({ traceId: '6'.repeat(32) })])
      await store.deleteBefore(NOON + 3001)
      expect((await list()).sessions.map(({ session_id }) => session_id)).toEqual(['s-2'])
      expect(await life()).toBeUndefined()
      await store.appendLogs([ownLog('disconnected', { session: 's-2', at: 6000, spanId: '5'.repeat(16) })])
      expect((await list()).sessions).toMatchObject([{ state: 'closed', began: '2026-11-21T10:00:05.000Z' }])
    })
  })
}
