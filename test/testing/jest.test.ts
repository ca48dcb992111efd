import { expect as jestExpect } from 'expect'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { withContext } from '../../src/context/index.ts'
import { getLogger } from '../../src/logging/index.ts'
import { captureLogs, type CapturedLogs } from '../../src/testing/index.ts'

const MODULE = '../../src/testing/jest.ts'
const log = getLogger('orders')

let captured: CapturedLogs
beforeEach(() => {
  captured = captureLogs()
  log.info('order placed', { 'order.id': 7, cart: { items: 2 } })
  withContext({ 'session.id': 's-1' }, () => log.operation('pay', () => log.error('refused', { card: '4111-1111' })))
})
afterEach(() => captured.stop())

/** What a failed expectation says, without times. */
function complaint(expectation: () => void): string {
  try {
    expectation()
  } catch (error) {
    const { message } = error as Error
    return message.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /g, '').replaceAll(/duration_ms=[\d.]+/g, 'duration_ms=0')
  }
  throw new Error('the expectation held')
}

test('without a global expect it says what to do', async () => {
  Reflect.deleteProperty(globalThis, 'expect')
  await expect(import(`${MODULE}?without`)).rejects.toThrow('call expect.extend(clewMatchers)')
})

describe("with Jest's expect", () => {
  beforeAll(async () => {
    Object.assign(globalThis, { expect: jestExpect })
    await import(MODULE)
  })

  test('matchers hold where they should', () => {
    const hold = (): void => {
      jestExpect(captured).toHaveLogged('order placed')
      jestExpect(captured).toHaveLogged({ level: 'ERROR', session_id: 's-1', message: /^ref/, operation: 'pay' })
      jestExpect(captured).toHaveLogged({
        'order.id': jestExpect.any(Number),
        cart: jestExpect.objectContaining({ items: 2 }),
      })
      jestExpect(captured).toHaveLoggedTimes({ component: 'orders' }, 3)
      jestExpect(captured).toHaveSpan('pay', { status: 'UNSET' })
      jestExpect(captured).toHaveNoSecrets(['hunter2'])
      jestExpect(captured).not.toHaveLogged({ level: 'CRITICAL' })
      jestExpect(captured).not.toHaveSpan(/^PAY/)
    }
    expect(hold).not.toThrow()
  })

  test('failures say what comes nearest', () => {
    expect(complaint(() => jestExpect(captured).toHaveLogged({ level: 'INFO', message: 'refused' })))
      .toBe(`expected a record with level: 'INFO', message: 'refused'
nearest:
  records[1]  [ERROR] orders: refused (session_id=s-1 operation=pay card=4111-1111)
      level: expected 'INFO', found 'ERROR'
  records[0]  [INFO] orders: order placed (order.id=7 cart={"items":2})
      message: expected 'refused', found 'order placed'
  records[2]  [INFO] orders: pay completed (session_id=s-1 operation=pay duration_ms=0)
      message: expected 'refused', found 'pay completed'`)
    expect(complaint(() => jestExpect(captured).toHaveLogged({ 'order.id': jestExpect.any(String) }))).toContain(
      'order.id: expected Any<String>, found 7',
    )
    expect(complaint(() => jestExpect(captured).not.toHaveLoggedTimes('refused', 1))).toContain(
      'expected not 1 records',
    )
    expect(complaint(() => jestExpect(captured).toHaveNoSecrets('4111-1111'))).toBe(
      'expected no secrets in what was captured, found:\n  secret 1 of 1 in records[1].metadata.card',
    )
    expect(complaint(() => jestExpect([]).toHaveLogged('x'))).toContain('expect(captureLogs())')
  })
})
