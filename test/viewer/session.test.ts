import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, noBrowser, openPage } from './support/chromium.ts'
import { startTestServer, type TestServer } from './support/server.ts'
import { sendLogs, sendSpans, type SentLog } from './support/telemetry.ts'

const ROWS = '[role="rowgroup"] [role="row"]'
const NAMELESS = `[...document.querySelectorAll('button, a, input')]
  .filter((one) => !(one.getAttribute('aria-label') ?? one.textContent).trim()).map((one) => one.outerHTML)`
const BROKEN_IDS = `[...document.querySelectorAll('[aria-activedescendant]')]
  .filter((one) => !document.getElementById(one.getAttribute('aria-activedescendant'))).length`

describe.skipIf(noBrowser)('the pages of sessions', () => {
  let server: TestServer
  let browser: Browser
  const now = Date.now()
  const began = now - 60_000

  const trace = (id: string) => Buffer.from(id.padEnd(16, '.')).toString('hex')
  const span = (id: string) => trace(id).slice(0, 16)
  const log = (id: string, more: Partial<SentLog> & { message: string }): SentLog => ({
    component: 'rooms',
    service: 'chat',
    traceId: trace(id),
    spanId: span(id),
    ...more,
    attributes: { 'session.id': id, ...more.attributes },
  })
  const own = (id: string, event: string, millis: number, attributes: SentLog['attributes'] = {}): SentLog => {
    const counts = { 'websocket.messages.received': 12, 'websocket.messages.sent': 4, 'websocket.bytes.received': 1200 }
    const told =
      event === 'connected' ? {} : { ...counts, 'websocket.bytes.sent': 90, 'clew.duration_ms': millis - began }
    return log(id, {
      message: `session ${event}`,
      component: 'websocket',
      event: `websocket.${event}`,
      millis,
      attributes: { 'websocket.role': 'server', 'user.id': 'u-7', ...told, ...attributes },
    })
  }
  const rows = (page: Page) => page.locator(`${ROWS} .cell-message`).allTextContents()

  beforeAll(async () => {
    server = await startTestServer()
    browser = await launchBrowser()
    const close = { 'websocket.close.code': 1000, 'websocket.close.reason': 'done' }
    await sendLogs(server.otlp, [
      own('s-closed', 'connected', began, { 'websocket.protocol': 'chat.v1', 'client.address': '10.0.0.1' }),
      own('s-closed', 'summary', began + 20_000),
      log('s-closed', { message: 'no such room', severity: 17, millis: began + 25_000 }),
      log('s-closed', { message: 'room left', millis: began + 30_000 }),
      own('s-closed', 'disconnected', began + 40_000, close),
      own('s-killed', 'connected', began + 1, { 'websocket.summary_interval_ms': 1_000 }),
      own('s-live', 'connected', now - 1_000),
    ])
    const inside = { traceId: trace('s-closed'), service: 'chat', parentSpanId: span('s-closed') }
    await sendSpans(server.otlp, [
      {
        ...inside,
        spanId: span('redis-1'),
        name: 'GET',
        start: began + 22_000,
        end: began + 22_004,
        attributes: { 'session.id': 's-closed', 'db.system.name': 'redis', 'db.operation.name': 'GET' },
      },
    ])
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  test('lists sessions with their states, narrows by state, and opens one by keyboard', async () => {
    const { page, complaints } = await openPage(browser, `${server.viewer}/sessions`)
    await page.locator(ROWS).nth(2).waitFor()
    expect(await page.locator(`${ROWS} .cell-state`).allTextContents()).toEqual(['Open', 'Broken off', 'Closed'])
    await page.getByRole('button', { name: /^State/ }).click()
    await page.getByRole('menuitemradio', { name: 'Closed' }).click()
    await expect.poll(() => page.locator(`${ROWS} .cell-session`).allTextContents()).toEqual(['s-closed'])
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Session s-closed' }).waitFor()
    expect(new URL(page.url()).hash).toBe('#/sessions/s-closed')
    await page.reload()
    await page.getByRole('heading', { name: 'Session s-closed' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('a key that is pressed as soon as a row is there acts on it', async () => {
    const { page } = await openPage(browser, `${server.viewer}/#/sessions?state=closed&range=1h`)
    await page.evaluate(`new MutationObserver((_, observer) => {
      if (document.querySelector('${ROWS}') === null) return
      observer.disconnect()
      document.dispatchEvent(new KeyboardEvent('keydown', { key: 'j' }))
    }).observe(document.body, { childList: true, subtree: true })`)
    await page.evaluate(`location.hash = '#/sessions?state=closed&range=all'`)
    await expect
      .poll(() => page.locator(`${ROWS}[data-current="true"] .cell-session`).allTextContents())
      .toEqual(['s-closed'])
  })

  test('shows a life: facts, time line, and what happened in order', async () => {
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/sessions/s-closed`)
    await page.getByText('no such room').waitFor()
    const head = (await page.locator('.session-head').textContent()) ?? ''
    for (const part of [
      'Closed',
      '1000 normal closure, “done”',
      'u-7',
      'chat.v1',
      '10.0.0.1',
      '12 · 1,200 B',
      '1 error',
    ])
      expect(head).toContain(part)
    expect(await rows(page)).toEqual([
      'session connected',
      'session summary',
      'GET',
      'no such room',
      'room left',
      'session disconnected',
    ])
    expect(await page.locator(`${ROWS} .cell-kind`).allTextContents()).toEqual([
      'start',
      'summary',
      'Redis',
      'error',
      'log',
      'end',
    ])
    const lanes = await page.getByRole('region', { name: 'Time line' }).getByRole('img').all()
    const names = await Promise.all(lanes.map((lane) => lane.getAttribute('aria-label')))
    expect(names).toEqual([
      'server: Closed',
      'Messages in: 12',
      'Messages out: 4',
      'Operations: 0',
      'Redis: 1',
      'Logs: 5',
      'Errors: 1',
    ])
    expect(complaints).toEqual([])
  })

  test('narrows what happened by level, kind and words, and says when nothing is left', async () => {
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/sessions/s-closed`)
    await page.getByText('no such room').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('room')
    await expect.poll(() => rows(page)).toEqual(['no such room', 'room left'])
    await page.getByRole('button', { name: /^Level/ }).click()
    await page.getByRole('menuitemradio', { name: /^ERROR/ }).click()
    await expect.poll(() => rows(page)).toEqual(['no such room'])
    await page.getByRole('button', { name: /^Kind/ }).click()
    await page.getByRole('menuitemradio', { name: 'Redis commands' }).click()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await expect.poll(async () => (await rows(page)).length).toBe(6)
    await page.getByRole('button', { name: 'Statistics' }).click()
    await page.getByRole('table', { name: /^Redis commands, 1/ }).waitFor()
    expect(
      await page
        .getByRole('table', { name: /^Redis/ })
        .locator('td')
        .allTextContents(),
    ).toEqual(['GET', '1', '0', '4 ms', '4 ms'])
    expect(complaints).toEqual([])
  })

  test('opens a record and a span at the side, and leads to the trace and back', async () => {
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/sessions/s-closed`)
    await page.locator(ROWS, { hasText: 'no such room' }).click()
    await page.getByRole('complementary', { name: 'Record details' }).getByText('no such room').first().waitFor()
    await page.locator(ROWS, { hasText: 'GET' }).click()
    const panel = page.getByRole('complementary', { name: 'Span details' })
    await panel.getByText('db.operation.name').waitFor()
    await panel.getByRole('link', { name: 'Trace', exact: true }).click()
    await page.getByRole('treegrid').waitFor()
    await page.getByRole('link', { name: 'Session', exact: true }).first().click()
    await page.getByRole('heading', { name: 'Session s-closed' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('says of a session that was killed that it is broken off, and since when', async () => {
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/sessions/s-killed`)
    const alert = page.locator('.session-head').getByRole('alert')
    await alert.waitFor()
    const at = await page.evaluate(`new Date(${began + 1}).toTimeString().slice(0, 8)`)
    expect(await alert.textContent()).toContain(
      `Broken off. Last sign of life ${String(at)}, no end was recorded: the process was killed or lost power`,
    )
    expect(complaints).toEqual([])
  })

  test('follows an open session live, to its end', async () => {
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/sessions/s-live`)
    await page.locator('.state-now', { hasText: 'Open' }).waitFor()
    await sendLogs(server.otlp, [log('s-live', { message: 'said while open' })])
    await page.getByText('said while open').waitFor()
    await sendLogs(server.otlp, [own('s-live', 'disconnected', Date.now(), { 'websocket.close.code': 1001 })])
    await page.locator('.state-now', { hasText: 'Closed' }).waitFor()
    expect(await page.locator('.session-head').textContent()).toContain('1001 going away')
    expect(complaints).toEqual([])
  })

  test('is reached from a record, and says so when nothing is known of an id', async () => {
    const { page } = await openPage(browser, `${server.viewer}/#/logs?q=room+left&range=all`)
    await page.locator(ROWS, { hasText: 'room left' }).click()
    await page.getByRole('link', { name: 'Session', exact: true }).click()
    await page.getByRole('heading', { name: 'Session s-closed' }).waitFor()
    await page.goto(`${server.viewer}/#/sessions/nobody`)
    await page.getByRole('alert').getByText('Nothing is known of this session').waitFor()
    await page.goto(`${server.viewer}/#/sessions?user=u-0`)
    await page.getByText('No session matches').waitFor()
    await page.getByRole('button', { name: 'Remove filter user u-0' }).click()
    await expect.poll(() => page.locator(ROWS).count()).toBe(3)
  })

  test('has a name for every control, and an id for every current row', async () => {
    for (const path of ['sessions', 'sessions/s-closed', 'sessions/s-closed?view=statistics']) {
      const { page } = await openPage(browser, `${server.viewer}/#/${path}`)
      await page.locator('[role=row], table').first().waitFor()
      await page.keyboard.press('j')
      expect(await page.evaluate(NAMELESS)).toEqual([])
      expect(await page.evaluate(BROKEN_IDS)).toBe(0)
    }
  })
})
