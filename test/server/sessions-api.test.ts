import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type TestServer, jsonRecord, startTestServer } from './test-server.ts'

const text = (key: string, value: string): object => ({ key, value: { stringValue: value } })

function connected(session: string, offsetMillis: number): object {
  return jsonRecord('connection established', offsetMillis, {
    eventName: 'websocket.connected',
    traceId: session.padStart(32, '0'),
    spanId: session.padStart(16, '0'),
    attributes: [text('session.id', session), text('websocket.role', 'server'), text('user.id', 'u-7')],
  })
}

describe('the log API of sessions', () => {
  let under: TestServer
  beforeAll(async () => {
    under = await startTestServer()
    await under.sendLogs([connected('a1', 0), connected('a2', 1000), connected('a3', 2000)], 'websocket')
    await under.sendLogs([jsonRecord('odd', 0, { attributes: [text('session.id', 'a/b ü?#')] })])
  })
  afterAll(() => under.stop())

  const ids = (answer: { body: Answer }): string[] => answer.body.sessions.map((one: Answer) => one.session_id)

  test('lists them the newest first, with a cursor to the older ones', async () => {
    const first = await under.get('/sessions?limit=2')
    expect(ids(first)).toEqual(['a3', 'a2'])
    const second = await under.get(`/sessions?limit=2&cursor=${first.body.next_cursor}`)
    expect(ids(second)).toEqual(['a1'])
    expect(second.body.next_cursor).toBeNull()
  })

  test('takes every filter, also by the key of the field', async () => {
    expect(ids(await under.get('/sessions?user_id=u-7&state=open,broken_off&from=2026-11-21T10:00:01Z'))).toEqual([
      'a3',
      'a2',
    ])
    expect(ids(await under.get('/sessions?state=closed,left_open'))).toEqual([])
    expect(ids(await under.get('/sessions?tenant=acme'))).toEqual([])
    expect(ids(await under.get('/sessions?service=shop&to=2026-11-21T10:00:01Z'))).toEqual(['a1'])
  })

  test('answers the life of any id, also of one that is hard to write into an address', async () => {
    expect((await under.get(`/sessions/${encodeURIComponent('a/b ü?#')}`)).body).toMatchObject({
      session_id: 'a/b ü?#',
      state: null,
      items: [{ kind: 'log', record: { message: 'odd' } }],
      next_cursor: null,
    })
    const { body } = await under.get('/sessions/a1?limit=1')
    expect(body).toMatchObject({
      sessions: [{ state: expect.stringMatching(/open|broken_off/) }],
      items: [{ kind: 'start' }],
    })
  })

  test.each([
    ['/sessions?state=gone', 400, 'query.state', 'open, closed, broken_off, left_open'],
    ['/sessions?level=ERROR', 400, 'query', expect.stringContaining('state')],
    ['/sessions?limit=1001', 400, 'query.limit', '1 to 1000'],
    ['/sessions?cursor=x', 400, 'query.cursor', expect.any(String)],
    ['/sessions/a1?limit=5001', 400, 'query.limit', '1 to 5000'],
    ['/sessions/a1?q=x', 400, 'query', 'limit, cursor'],
    ['/sessions/nobody', 404, 'path.session_id', expect.any(String)],
  ])('refuses %s', async (path, status, where, allowed) => {
    expect(await under.get(path)).toEqual({
      status,
      body: { error: { where, found: expect.any(String), allowed } },
    })
  })

  test('takes a cursor of another list for the end of this one', async () => {
    const foreign = Buffer.from('v1:1842').toString('base64url')
    expect((await under.get(`/sessions?cursor=${foreign}`)).body).toEqual({ sessions: [], next_cursor: null })
  })

  test('refuses what is not a GET', async () => {
    for (const path of ['/sessions', '/sessions/a1']) {
      const answer = await fetch(under.api + path, { method: 'DELETE' })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET'])
    }
  })
})
