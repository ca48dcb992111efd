import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { withContext } from '../../src/context/index.ts'
import { getLogger } from '../../src/logging/index.ts'
import { captureLogs, type CapturedLogs } from '../../src/testing/index.ts'
import '../../src/testing/vitest.ts'

const log = getLogger('orders')

let captured: CapturedLogs
beforeEach(() => {
  captured = captureLogs()
})
afterEach(() => captured.stop())

/** What a failed expectation says, with times left out. */
function complaint(expectation: () => void): string {
  try {
    expectation()
  } catch (error) {
    return (error as Error).message.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /g, '').replaceAll(/[\d.]+ ms/g, '0 ms')
  }
  throw new Error('the expectation held')
}

describe('toHaveLogged', () => {
  beforeEach(() => {
    log.info('order placed', { 'order.id': 7, 'tenant.id': 'acme', cart: { items: [1, 2], total: 30 } })
    withContext({ 'session.id': 's-1' }, () => log.error('payment failed', new TypeError('no money')))
    getLogger('http').warning('request completed', { 'http.response.status_code': 404 })
  })

  test('finds a record by any of its fields, under either name', () => {
    expect(captured).toHaveLogged('order placed')
    expect(captured).toHaveLogged(/^order/)
    expect(captured).toHaveLogged({ level: 'info', message: 'order placed', component: 'orders', 'order.id': 7 })
    expect(captured).toHaveLogged({ tenant_id: 'acme', cart: { total: expect.any(Number) } })
    expect(captured).toHaveLogged({ 'clew.tenant.id': 'acme', 'tenant.id': 'acme', cart: { items: [1, 2] } })
    expect(captured).toHaveLogged({
      level: 'ERROR',
      session_id: 's-1',
      error: { type: 'TypeError' },
      user_id: undefined,
    })
    expect(captured).toHaveLogged({ 'session.id': 's-1', 'exception.message': /money/g })
    expect(captured).toHaveLogged({ level: 'warn', status_code: 404, component: /^h/ })
  })

  test('does not find what differs in one field', () => {
    expect(captured).not.toHaveLogged('order')
    expect(captured).not.toHaveLogged({ level: 'ERROR', message: 'order placed' })
    expect(captured).not.toHaveLogged({ message: 'order placed', 'order.id': '7' })
    expect(captured).not.toHaveLogged({ cart: { items: [1] } })
    expect(captured).not.toHaveLogged({ message: 'order placed', session_id: expect.any(String) })
    expect(captured).not.toHaveLogged({ constructor: expect.anything() })
  })

  test('says what comes nearest, and why it is not it', () => {
    log.debug('cart opened')
    expect(complaint(() => expect(captured).toHaveLogged({ level: 'INFO', message: 'payment failed', 'order.id': 8 })))
      .toBe(`expected a record with level: 'INFO', message: 'payment failed', order.id: 8
nearest:
  records[1]  [ERROR] orders: payment failed (session_id=s-1)
      level: expected 'INFO', found 'ERROR'
      order.id: expected 8, found none
  records[0]  [INFO] orders: order placed (tenant_id=acme order.id=7 cart={"items":[1,2],"total":30})
      message: expected 'payment failed', found 'order placed'
      order.id: expected 8, found 7
  records[2]  [WARNING] http: request completed (status_code=404)
      level: expected 'INFO', found 'WARNING'
      message: expected 'payment failed', found 'request completed'
      order.id: expected 8, found none
also captured:
  records[3]  [DEBUG] orders: cart opened`)
  })

  test('says what there is when there should be none, and that nothing was captured', () => {
    expect(complaint(() => expect(captured).not.toHaveLogged({ level: 'WARNING', status_code: expect.any(Number) })))
      .toBe(`expected no record with level: 'WARNING', status_code: Any<Number>; found 1:
  records[2]  [WARNING] http: request completed (status_code=404)`)
    captured.clear()
    expect(complaint(() => expect(captured).toHaveLogged('x'))).toBe(
      "expected a record with message: 'x'\nnothing was captured",
    )
  })

  test('refuses what is no capture', () => {
    expect(complaint(() => expect([]).toHaveLogged('x'))).toBe(
      'expect() was given something else than a capture: expect(captureLogs())',
    )
  })
})

test('toHaveLoggedTimes counts', () => {
  for (const level of ['info', 'warning', 'info'] as const) log[level]('retry')
  expect(captured).toHaveLoggedTimes('retry', 3)
  expect(captured).toHaveLoggedTimes({ message: 'retry', level: 'WARNING' }, 1)
  expect(captured).toHaveLoggedTimes('gave up', 0)
  expect(captured).not.toHaveLoggedTimes('retry', 2)
  expect(complaint(() => expect(captured).toHaveLoggedTimes({ level: 'INFO' }, 3))).toBe(
    "expected 3 records with level: 'INFO'; found 2:\n  records[0]  [INFO] orders: retry\n  records[2]  [INFO] orders: retry",
  )
  expect(complaint(() => expect(captured).toHaveLoggedTimes('gave up', 1))).toContain(
    "expected 1 records with message: 'gave up'; found none\nnearest:\n  records[0]  [INFO] orders: retry\n",
  )
  expect(complaint(() => expect(captured).not.toHaveLoggedTimes(/retry/, 3))).toContain(
    'expected not 3 records with message: /retry/; found 3:',
  )
})

describe('toHaveSpan', () => {
  beforeEach(() => {
    const tracer = trace.getTracer('shop')
    tracer.startActiveSpan('POST /orders', { kind: SpanKind.SERVER }, (request) => {
      const charge = tracer.startSpan('charge', { attributes: { 'order.id': 7 } })
      charge.setStatus({ code: SpanStatusCode.ERROR, message: 'no money' })
      charge.end()
      request.end()
    })
  })

  test('finds a span by its name, fields, attributes and parent', () => {
    expect(captured).toHaveSpan('charge')
    expect(captured).toHaveSpan(/^POST/, { kind: 'SERVER', status: 'UNSET', parent: undefined })
    expect(captured).toHaveSpan('charge', { parent: 'POST /orders', status: 'ERROR', 'order.id': 7 })
    expect(captured).toHaveSpan('charge', { attributes: { 'order.id': expect.any(Number) }, status_message: /money/ })
    expect(captured).not.toHaveSpan('charge', { kind: 'CLIENT' })
    expect(captured).not.toHaveSpan('charge', { parent: undefined })
  })

  test('says what comes nearest', () => {
    expect(complaint(() => expect(captured).toHaveSpan('charge', { 'order.id': 8, parent: 'GET /orders' })))
      .toBe(`expected a span with name: 'charge', order.id: 8, parent: 'GET /orders'
nearest:
  spans[0]  charge (INTERNAL, ERROR, shop, 0 ms)
      order.id: expected 8, found 7
      parent: expected 'GET /orders', found 'POST /orders'
  spans[1]  POST /orders (SERVER, UNSET, shop, 0 ms)
      name: expected 'charge', found 'POST /orders'
      order.id: expected 8, found none
      parent: expected 'GET /orders', found none`)
  })
})

describe('toHaveNoSecrets', () => {
  const SECRET = 'c0rrect/h0rse+"battery"'

  test('holds where there are none, also where clew took them out', () => {
    log.info('connected', { password: SECRET, url: 'redis://:hunter2@cache' })
    expect(captured).toHaveNoSecrets()
    expect(captured).toHaveNoSecrets([SECRET, 'hunter2', /\b\d{16}\b/])
    expect(captured).toHaveNoSecrets('hunter2')
    log.operation('numbers of our own are none', () => {})
    expect(captured).toHaveNoSecrets([/\d{3,}|[0-9A-Z]{26}|[0-9a-f]{16}/])
  })

  test.each([
    ['as it is', SECRET],
    ['percent-encoded', `https://shop.test/?q=${encodeURIComponent(SECRET)}`],
    ['in JSON text', JSON.stringify({ q: SECRET })],
    ['in base64', Buffer.from(`u:${SECRET}`).toString('base64')],
    ['in base64 for URLs', Buffer.from(`me:${SECRET}!`).toString('base64url')],
  ])('finds one %s and says where, without saying what it is', (_form, text) => {
    log.info('fine')
    log.info('sent', { request: { lines: ['x', text] } })
    log.operation('send', { level: 'DEBUG', fields: { text } }, () => {})
    const message = complaint(() => expect(captured).toHaveNoSecrets(['other', SECRET]))
    expect(message).toBe(
      [
        'expected no secrets in what was captured, found:',
        '  secret 2 of 2 in records[1].metadata.request.lines[1]',
        '  secret 2 of 2 in records[2].metadata.text',
        '  secret 2 of 2 in spans[0].attributes.text',
      ].join('\n'),
    )
  })

  test('finds them in numbers, names, keys, events, errors and the status of spans', () => {
    log.info('x', { card: 4111111111111111, [`4111111111111111 of`]: { deep: 1 } })
    log.event('paid.4111111111111111')
    log.error('failed', new Error('4111111111111111'))
    const span = trace.getTracer('4111111111111111').startSpan('4111111111111111')
    span.addEvent('4111111111111111').setStatus({ code: SpanStatusCode.ERROR, message: '4111111111111111' }).end()
    const message = complaint(() => expect(captured).toHaveNoSecrets(/^\d{16}\b|\d{16}$/))
    expect(message).not.toContain('4111')
    expect(
      message
        .split('\n')
        .slice(1)
        .map((line) => line.trim().replace('secret 1 of 1 in ', '')),
    ).toEqual([
      'records[0].metadata.card',
      'a key: records[0].metadata[secret]',
      'records[1].message',
      'records[1].event',
      'records[2].error.message',
      'spans[0].name',
      'spans[0].status_message',
      'spans[0].scope',
      'spans[0].events[0].name',
    ])
  })

  test("finds what clew's own rules take out, should it ever get through", () => {
    const record = {
      message: 'redis://:hunter2@cache',
      metadata: { password: 'hunter2', tokens: 3, pin: 'hmac:0123456789abcdef' },
      otlp: { attributes: {} },
      line: '',
    }
    const through = { ...captured, records: [record], spans: [], text: '' }
    const message = complaint(() => expect(through).toHaveNoSecrets())
    expect(message).not.toContain('hunter2')
    expect(message.split('\n').slice(1)).toEqual([
      "  what is secret by clew's rules in records[0].message",
      "  what is secret by clew's rules in records[0].metadata.password",
    ])
  })

  test('shows so many places and counts the rest; refuses an empty secret; says so when one was expected', () => {
    for (let i = 0; i < 25; i++) log.info('hunter2')
    expect(
      complaint(() => expect(captured).toHaveNoSecrets(['hunter2']))
        .split('\n')
        .slice(-2),
    ).toEqual(['  secret 1 of 1 in records[19].message', '  … and 5 more'])
    expect(() => expect(captured).toHaveNoSecrets(['hunter2', ''])).toThrow('a secret must be a text that is not empty')
    expect(complaint(() => expect(captured).not.toHaveNoSecrets('other'))).toBe(
      'expected a secret in what was captured, found none',
    )
  })
})
