import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LogStore } from '../../src/store/log-store.ts'
import type { StoredSession } from '../../src/store/session/stored-session.ts'
import { NOON, logEntry } from './entry-factory.ts'
import type { StoreUnderTest } from './log-store-contract.ts'
import { PROCESS, ownLog, sessionLog, sessionSpan } from './session-entries.ts'

const LATER = NOON + 3_600_000
const spanIdOf = (n: number): string => (n + 1).toString(16).padStart(16, '0')

/** What every engine that keeps sessions must do when ids are used again, and with many sessions. */
export function describeSessionWriting(engine: string, create: () => StoreUnderTest): void {
  describe(`a ${engine} store of sessions that share ids`, () => {
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

    const list = async (nowMillis = LATER): Promise<readonly StoredSession[]> =>
      (await store.listSessions({}, { limit: 5_000, nowMillis })).sessions
    const life = (id: string) => store.getSession(id, { limit: 100, nowMillis: LATER })

    test.each([
      ['as they happened', [0, 1, 2, 3]],
      ['backwards', [3, 2, 1, 0]],
    ])('keeps a session whose id is bound anew as one, under the newest id: told %s', async (_, order) => {
      const logs = [
        ownLog('connected', { fields: { 'user.id': 'u-1' } }),
        sessionLog({ at: 900 }),
        sessionLog({ at: 950, session: 'bound' }),
        ownLog('disconnected', { at: 1000, session: 'bound' }),
      ]
      for (const index of order) await store.appendLogs(logs.slice(index, index + 1))
      const expected = {
        session_id: 'bound',
        state: 'closed',
        user_id: 'u-1',
        duration_ms: 1000,
        messages_received: 10,
      }
      expect(await list()).toMatchObject([{ ...expected, began: '2026-11-21T10:00:00.000Z' }])
      expect((await life('bound'))?.sessions).toMatchObject([expected])
      expect((await life('s-1'))?.sessions).toEqual([])
    })

    test('takes what carries the new id for signs of life of a session that goes on', async () => {
      await store.appendLogs([ownLog('connected')])
      await store.appendLogs([sessionLog({ at: 2000, session: 'bound' })])
      await store.appendLogs([ownLog('summary', { at: 1000, session: 'bound' })])
      expect((await list())[0]?.last_sign_of_life).toBe('2026-11-21T10:00:02.000Z')
      await store.appendLogs([sessionLog({ at: 3000, session: 'bound' })])
      expect((await list())[0]?.last_sign_of_life).toBe('2026-11-21T10:00:03.000Z')
    })

    test('lets nobody who uses the id of a session later, or of another tenant, have it', async () => {
      const who = (user: string, tenant: string) => ({ 'user.id': user, 'clew.tenant.id': tenant })
      const [mine, ended] = [{ tenant_id: 'acme', user_id: 'u-1' }, ownLog('disconnected', { at: 1000 })]
      await store.appendLogs([ownLog('connected', { fields: who('u-1', 'acme') })])
      await store.appendLogs([sessionLog({ at: 500, fields: who('u-9', 'evil') })])
      expect(await list()).toMatchObject([mine])
      await store.appendLogs([ended, sessionLog({ at: 2000, fields: who('u-2', 'acme') })])
      expect(await list()).toMatchObject([mine])
      const next = { at: 3000, spanId: spanIdOf(7), fields: who('u-9', 'evil') }
      await store.appendLogs([ownLog('connected', next), sessionLog(next)])
      expect(await list()).toMatchObject([{ tenant_id: 'evil', user_id: 'u-9' }, mine])
    })

    test('takes nobody over from records after an end that came before the beginning', async () => {
      await store.appendLogs([
        sessionLog({ at: 10, fields: { 'user.id': 'u-1' } }),
        sessionLog({ at: 2000, fields: { 'user.id': 'late', 'clew.tenant.id': 'evil' } }),
      ])
      await store.appendLogs([ownLog('disconnected', { at: 1000 })])
      expect(await list()).toMatchObject([{ user_id: 'u-1', tenant_id: null }])
    })

    test('keeps thousands of connections of one id apart, and what comes of them late', async () => {
      const given = (n: number) => ({ spanId: spanIdOf(n), fields: { 'websocket.close.code': 1000 } })
      for (let n = 0; n < 1100; n += 100) {
        const some = Array.from({ length: 100 }, (_, at) => n + at)
        await store.appendLogs(some.map((each) => ownLog('connected', { ...given(each), at: each })))
        await store.appendLogs(some.map((each) => ownLog('disconnected', { ...given(each), at: each + 5000 })))
      }
      const late = { 'websocket.summary_interval_ms': 0, 'user.id': 'late' }
      await store.appendLogs([ownLog('summary', { at: 1, spanId: spanIdOf(0), fields: late })])
      const found = await list()
      expect(found).toHaveLength(1100)
      expect(new Set(found.map(({ state }) => state))).toEqual(new Set(['closed']))
      const first = { user_id: 'late', summary_interval_ms: 0, close_code: 1000, began: '2026-11-21T10:00:00.000Z' }
      expect(found.at(-1)).toMatchObject(first)
    })

    test('keeps what is stored while a cleanup runs', async () => {
      const began = store.appendLogs([sessionLog()]).then(() => store.appendLogs([ownLog('connected')]))
      await store.deleteBefore(NOON - 1)
      await began
      expect(await list()).toMatchObject([{ session_id: 's-1', role: 'server' }])
    })

    test('goes by the newest beginning of another process, whichever told it first', async () => {
      const processes = [7, 8, 9].map((pid) => ({
        ...PROCESS,
        attributes: { ...PROCESS.attributes, 'process.pid': pid },
      }))
      const starts = [8, 7, 9, 8].map((pid, n) =>
        logEntry({ eventName: 'STARTUP', resource: processes[pid - 7] ?? PROCESS, timeMillis: NOON + 10 - n }),
      )
      await store.appendLogs([
        ...starts,
        ...processes.map((resource, n) => ownLog('connected', { resource, spanId: spanIdOf(n), at: n })),
      ])
      const seen = (await list()).map((each) => [each.process_pid, each.state_reason, each.service_began_anew])
      expect(seen).toEqual([
        [9, 'instance_restarted', '2026-11-21T10:00:00.010Z'],
        [8, 'instance_restarted', '2026-11-21T10:00:00.009Z'],
        [7, 'instance_restarted', '2026-11-21T10:00:00.010Z'],
      ])
    })

    test('counts all spans of a session and names the ten slowest operations', async () => {
      const spans = Array.from({ length: 25 }, (_, n) =>
        sessionSpan({
          at: n,
          spanId: spanIdOf(n),
          kind: 1,
          name: `o${n}`,
          durationNanos: ((n * 7) % 25) * 1e6,
          statusCode: n % 5 === 0 ? 2 : 0,
        }),
      )
      await store.appendSpans(spans)
      const { operations, spans: count } = (await life('s-1'))?.statistics ?? {}
      expect([count, operations?.count, operations?.errors]).toEqual([25, 25, 5])
      expect(operations?.slowest.map((each) => each.duration_ms)).toEqual([24, 23, 22, 21, 20, 19, 18, 17, 16, 15])
    })

    test('tells the span of a message from that of its session', async () => {
      const role = { 'websocket.role': 'server' }
      await store.appendSpans([
        sessionSpan({ spanId: spanIdOf(1), name: 'websocket session', attributes: role }),
        sessionSpan({ at: 1, spanId: spanIdOf(2), kind: 5, attributes: { ...role, 'websocket.message.kind': 'text' } }),
      ])
      expect((await life('s-1'))?.items.map(({ kind }) => kind)).toEqual(['session', 'call'])
    })
  })
}
