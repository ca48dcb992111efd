import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NOON, type Answer, type TestServer, jsonRecord, rawRequest, startTestServer } from './test-server.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

const text = (key: string, value: string): object => ({ key, value: { stringValue: value } })

const refusal = (status: number, where: string): object => ({
  status,
  body: { error: { where, found: expect.any(String), allowed: expect.any(String) } },
})

describe('the log API', () => {
  let under: TestServer
  beforeAll(async () => {
    under = await startTestServer()
    await under.sendLogs([
      jsonRecord('order placed', 0, {
        traceId: TRACE,
        spanId: SPAN,
        attributes: [text('user.id', 'u-7'), text('clew.tenant.id', 'acme')],
      }),
      jsonRecord('order failed', 1000, { severityNumber: 17, traceId: TRACE, spanId: '1'.repeat(16) }),
      ...Array.from({ length: 30 }, (_, n) => jsonRecord(`tie ${n}`, 2000)),
    ])
    await under.sendLogs(
      [jsonRecord('cart emptied', 3000, { severityNumber: 13, attributes: [text('session.id', 's-1')] })],
      'cart',
    )
    const span = {
      traceId: TRACE,
      spanId: SPAN,
      name: 'GET /',
      kind: 2,
      startTimeUnixNano: `${NOON}000001`,
      endTimeUnixNano: `${NOON + 5}000001`,
    }
    await under.sendSpans([span])
  })
  afterAll(() => under.stop())

  const messages = async (query: string): Promise<string[]> =>
    (await under.get(`/logs/search?${query}`)).body.records.map((record: Answer) => record.message)

  test('searches by every filter', async () => {
    expect(await messages('q=order+pla')).toEqual(['order placed'])
    expect(await messages('level=error')).toEqual(['order failed'])
    expect(await messages('level=ERROR,WARNING')).toEqual(['cart emptied', 'order failed'])
    expect(await messages('min_level=WARNING')).toEqual(['cart emptied', 'order failed'])
    expect(await messages('module=cart')).toEqual(['cart emptied'])
    expect(await messages('module=cart,orders&service=shop&limit=1000')).toHaveLength(33)
    expect(await messages('user=u-7')).toEqual(['order placed'])
    expect(await messages('organization=acme')).toEqual(['order placed'])
    expect(await messages('tenant=acme')).toEqual(['order placed'])
    expect(await messages('session=s-1')).toEqual(['cart emptied'])
    expect(await messages(`trace=${TRACE.toUpperCase()}`)).toEqual(['order failed', 'order placed'])
    expect(await messages('request=none')).toEqual([])
    expect(await messages(`from=${NOON}&to=2026-11-21T10:00:01Z`)).toEqual(['order placed'])
    expect(await messages('from=2026-11-21T11:00:01+01:00&to=2026-11-21T10:00:02.000Z')).toEqual(['order failed'])
    expect(await messages('level=INFO&min_level=ERROR')).toEqual([])
  })

  test('walks over ties in time by cursor', async () => {
    const found: string[] = []
    let cursor = ''
    do {
      const { body } = await under.get(`/logs/search?q=tie&limit=7${cursor}`)
      found.push(...body.records.map((record: Answer) => record.message))
      await under.sendLogs([jsonRecord('tie newer', 60_000)])
      cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`
    } while (cursor !== '')
    expect(found).toHaveLength(30)
    expect(new Set(found).size).toBe(30)
    expect((await under.get('/logs/search?q=cart&limit=1')).body.next_cursor).toBeNull()
  })

  test('answers one record with its resource', async () => {
    const [record] = (await under.get('/logs/search?q=emptied')).body.records
    const found = (await under.get(`/logs/${record.id}`)).body
    expect(found).toEqual({ record, resource: { 'service.name': 'shop' } })
    expect(record).toMatchObject({
      timestamp: '2026-11-21T10:00:03.000Z',
      level: 'WARNING',
      component: 'cart',
      session_id: 's-1',
      metadata: {},
    })
  })

  test('answers histogram, statistics, modules, levels and health', async () => {
    const histogram = (await under.get(`/logs/histogram?to=${NOON + 10_000}&from=${NOON}&buckets=10`)).body
    expect(histogram).toEqual({
      interval_ms: 1000,
      buckets: [
        { time: '2026-11-21T10:00:00.000Z', counts: { INFO: 1 } },
        { time: '2026-11-21T10:00:01.000Z', counts: { ERROR: 1 } },
        { time: '2026-11-21T10:00:02.000Z', counts: { INFO: 30 } },
        { time: '2026-11-21T10:00:03.000Z', counts: { WARNING: 1 } },
      ],
    })
    expect((await under.get(`/logs/stats?to=${NOON + 10_000}`)).body).toEqual({
      logs: 33,
      spans: 1,
      traces: 1,
      by_level: { TRACE: 0, DEBUG: 0, INFO: 31, WARNING: 1, ERROR: 1, CRITICAL: 0 },
      by_component: [
        { component: 'orders', count: 32, errors: 1 },
        { component: 'cart', count: 1, errors: 0 },
      ],
      error_rate: 1 / 33,
      logs_with_trace: 2,
      logs_with_stored_span: 1,
    })
    const { modules } = (await under.get('/logs/modules')).body
    expect(modules[1]).toEqual({ component: 'cart', count: 1, errors: 0, last: '2026-11-21T10:00:03.000Z' })
    const { levels } = (await under.get('/logs/levels')).body
    expect(levels.map((each: Answer) => each.level)).toEqual(['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'])
    const health = (await under.get('/logs/health')).body
    expect(health).toMatchObject({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+/),
      store: { engine: 'sqlite', spans: 1 },
    })
    expect(health.store.path).toBe(under.server.storePath)
  })

  test('answers traces', async () => {
    const summary = {
      trace_id: TRACE,
      name: 'GET /',
      service: 'shop',
      start: '2026-11-21T10:00:00.000Z',
      duration_ms: 5,
      spans: 1,
      logs: 2,
      errors: 0,
    }
    expect((await under.get('/traces?limit=5&service=shop')).body).toEqual({ traces: [summary] })
    const trace = (await under.get(`/traces/${TRACE}`)).body
    expect(Object.keys(trace)).toEqual(['trace_id', 'spans', 'records'])
    expect(trace.spans).toMatchObject([
      { span_id: SPAN, parent_span_id: null, kind: 'SERVER', start_unix_nano: `${NOON}000001` },
    ])
    expect(trace.records.map((record: Answer) => record.message)).toEqual(['order placed', 'order failed'])
  })

  test.each([
    ['/logs/search?level=LOUD', 'query.level', 'LOUD', 'TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL'],
    ['/logs/search?min_level=', 'query.min_level', '', 'TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL'],
    ['/logs/search?colour=red', 'query', 'colour', expect.stringContaining('q, level, min_level')],
    ['/logs/search?__proto__=1', 'query', '__proto__', expect.any(String)],
    ['/logs/search?limit=0', 'query.limit', '0', '1 to 1000'],
    ['/logs/search?limit=1001', 'query.limit', '1001', '1 to 1000'],
    ['/logs/search?limit=x', 'query.limit', 'x', '1 to 1000'],
    ['/logs/search?from=yesterday', 'query.from', 'yesterday', 'ISO 8601, or milliseconds since 1970'],
    ['/logs/search?from=2026-13-45', 'query.from', '2026-13-45', 'ISO 8601, or milliseconds since 1970'],
    ['/logs/search?from=2&to=1', 'query.to', '1', 'later than from (2)'],
    ['/logs/search?trace=xyz', 'query.trace', 'xyz', '32 hexadecimal digits'],
    ['/logs/search?cursor=abc', 'query.cursor', 'abc', 'the next_cursor of an earlier answer'],
    ['/logs/search?q=a&q=b', 'query.q', 'it is given twice', 'once'],
    ['/logs/search?module=a,,b', 'query.module', 'a,,b', 'names with commas between them'],
    ['/logs/search?tenant=a&organization=b', 'query.tenant', expect.any(String), expect.any(String)],
    ['/logs/histogram?buckets=501', 'query.buckets', '501', '1 to 500'],
    ['/logs/stats?q=x', 'query', 'q', 'from, to'],
    ['/logs/levels?q=x', 'query', 'q', 'no parameters'],
    ['/traces/xyz', 'path.trace_id', 'xyz', '32 hexadecimal digits'],
  ])('refuses %s, saying where, what was found and what is allowed', async (path, where, found, allowed) => {
    expect(await under.get(path)).toEqual({ status: 400, body: { error: { where, found, allowed } } })
  })

  test('says what is missing, not found or not a method', async () => {
    expect(await under.get('/logs/999999')).toEqual(refusal(404, 'path.id'))
    expect(await under.get(`/traces/${'f'.repeat(32)}`)).toEqual(refusal(404, 'path.trace_id'))
    expect(await under.get('/nothing')).toEqual(refusal(404, 'path'))
    const noTime = await rawRequest(`${under.api}/logs/cleanup`, { method: 'DELETE' })
    expect([noTime.status, JSON.parse(noTime.body.toString())]).toEqual([
      400,
      { error: { where: 'query.before', found: 'nothing', allowed: 'it is required' } },
    ])
    for (const [method, path, allow] of [
      ['POST', '/logs/search', 'GET'],
      ['GET', '/logs/cleanup', 'DELETE'],
      ['DELETE', '/traces', 'GET'],
    ] as const) {
      expect(await rawRequest(under.api + path, { method })).toMatchObject({ status: 405, headers: { allow } })
    }
    expect((await rawRequest(under.server.urls.viewer, { method: 'POST' })).status).toBe(405)
  })

  test('never fails on words, whatever they are', async () => {
    for (const q of ['"', '*', 'a AND', 'NEAR(a b)', '(((', "'; drop table logs", '\0', '\uD800', '%00', 'x:y']) {
      expect((await under.get(`/logs/search?q=${encodeURIComponent(q.toWellFormed())}`)).status).toBe(200)
    }
  })

  test('answers only to its own names, and changes nothing for pages of others', async () => {
    const foreign = await rawRequest(`${under.api}/logs/search`, { headers: { host: 'evil.example' } })
    expect([foreign.status, JSON.parse(foreign.body.toString()).error.where]).toEqual([403, 'header.host'])
    const origin = { origin: 'http://localhost:3000' }
    expect((await rawRequest(`${under.api}/logs/cleanup?before=1`, { method: 'DELETE', headers: origin })).status).toBe(
      403,
    )
    const read = await rawRequest(`${under.api}/logs/levels`, { headers: origin })
    expect([read.status, read.headers['access-control-allow-origin'], read.headers['x-content-type-options']]).toEqual([
      200,
      undefined,
      'nosniff',
    ])
    expect(
      (await rawRequest(`${under.api}/logs/levels`, { headers: { host: `localhost:${under.server.port}` } })).status,
    ).toBe(200)
  })

  test('removes what is older', async () => {
    const answer = await rawRequest(`${under.api}/logs/cleanup?before=${NOON + 1}`, { method: 'DELETE' })
    expect([answer.status, JSON.parse(answer.body.toString())]).toEqual([200, { deleted: { logs: 1, spans: 1 } }])
    expect(await messages('q=placed')).toEqual([])
  })
})

test('an unexpected error is answered as one, and the server goes on', async () => {
  const errors: unknown[] = []
  const folder = mkdtempSync(join(tmpdir(), 'clew-viewer-'))
  mkdirSync(join(folder, 'index.html'))
  const under = await startTestServer({ onError: (error) => errors.push(error), viewerFolder: folder })
  const answer = await fetch(under.server.urls.viewer)
  const { error } = (await answer.json()) as Answer
  expect([answer.status, error.where, error.found]).toEqual([500, 'server', expect.stringContaining('EISDIR')])
  expect(errors).toHaveLength(1)
  expect((await under.get('/logs/health')).status).toBe(200)
  await under.stop()
  rmSync(folder, { recursive: true })
})

describe('the viewer', () => {
  test('is a page that says how to build it when it is not built', async () => {
    const under = await startTestServer({ viewerFolder: join(tmpdir(), 'not-there') })
    const answer = await fetch(under.server.urls.viewer)
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('npm run build:viewer')])
    await under.stop()
  })

  test('is served with its policy, leads other paths to its page, and nothing from outside its folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clew-viewer-'))
    mkdirSync(join(folder, 'viewer', 'assets'), { recursive: true })
    writeFileSync(join(folder, 'viewer', 'index.html'), '<!doctype html><p>page')
    writeFileSync(join(folder, 'viewer', 'assets', 'a.js'), 'let a')
    writeFileSync(join(folder, 'secret.txt'), 'secret')
    const under = await startTestServer({ viewerFolder: join(folder, 'viewer') })
    const get = (path: string) => rawRequest(under.server.urls.viewer + path, {})
    const page = await get('/')
    expect(page).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
      },
    })
    expect(page.headers['content-security-policy']).toContain("default-src 'self'")
    expect(await get('/traces/abc?x=1')).toMatchObject({ status: 302, headers: { location: '/#/traces/abc' } })
    expect(await get('/assets/a.js')).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': expect.stringContaining('immutable'),
      },
    })
    expect((await get('/assets/none.js')).status).toBe(404)
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/%00.txt',
      '/%ff.txt',
    ]) {
      expect((await get(path)).body.toString()).not.toContain('secret')
    }
    await under.stop()
    rmSync(folder, { recursive: true })
  })
})
