import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, noBrowser, openPage } from './support/chromium.ts'
import { startTestServer, type TestServer } from './support/server.ts'
import { sendLogs } from './support/telemetry.ts'

const ROWS = '[role="rowgroup"] [role="row"]'
const messages = (page: Page) => page.locator(`${ROWS} .cell-message`).allTextContents()

describe.skipIf(noBrowser)('the logs page', () => {
  let server: TestServer
  let browser: Browser

  beforeAll(async () => {
    server = await startTestServer()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  test('tells how to send telemetry while nothing was received, then shows the first record', async () => {
    const { page, complaints } = await openPage(browser, server.viewer)
    await page.getByText('Waiting for the first record').waitFor()
    expect(await page.locator('.first-steps').textContent()).toContain('OTEL_EXPORTER_OTLP_ENDPOINT')
    await sendLogs(server.otlp, [{ message: 'the very first' }])
    await page.getByText('the very first').waitFor()
    expect(complaints).toEqual([])
  })

  test('shows a record as it arrives', async () => {
    const { page, complaints } = await openPage(browser, server.viewer)
    await page.locator(ROWS).first().waitFor()
    await sendLogs(server.otlp, [{ message: 'just arrived', severity: 17, attributes: { 'user.id': 'u-7' } }])
    await page.getByText('just arrived').waitFor()
    const row = page.locator(ROWS, { hasText: 'just arrived' })
    expect(await row.locator('.cell-level').textContent()).toBe('ERROR')
    expect(await row.locator('.cell-context').textContent()).toContain('u-7')
    expect(complaints).toEqual([])
  })

  test('is narrowed by words, by filters typed into the search box and by the least level', async () => {
    await sendLogs(server.otlp, [
      { message: 'card declined', severity: 17, component: 'payments', attributes: { 'user.id': 'u-1' } },
      { message: 'card charged', severity: 9, component: 'payments', attributes: { 'user.id': 'u-2' } },
      { message: 'stock reserved', severity: 9, component: 'stock', attributes: { 'user.id': 'u-1' } },
    ])
    const { page, complaints } = await openPage(browser, server.viewer)
    await page.getByText('stock reserved').waitFor()

    await page.keyboard.press('/')
    await page.keyboard.type('card')
    await expect.poll(() => messages(page)).toEqual(['card charged', 'card declined'])
    await page.keyboard.type(' user:u-1 ')
    await expect.poll(() => messages(page)).toEqual(['card declined'])
    expect(new URL(page.url()).hash).toContain('user=u-1')

    await page.getByRole('button', { name: 'Remove filter user u-1' }).click()
    await expect.poll(() => messages(page)).toEqual(['card charged', 'card declined'])
    await page.getByRole('button', { name: /^Level/ }).click()
    await page.getByRole('menuitemradio', { name: 'ERROR' }).click()
    await expect.poll(() => messages(page)).toEqual(['card declined'])

    await page.goBack()
    await expect.poll(() => messages(page)).toEqual(['card charged', 'card declined'])
    expect(complaints).toEqual([])
  })

  test('opens details by keyboard, with every field and a way to its user', async () => {
    await sendLogs(server.otlp, [
      {
        message: 'payment failed',
        severity: 17,
        attributes: {
          'user.id': 'u-99',
          'order.id': 8841,
          'exception.type': 'PaymentError',
          'exception.message': 'declined by issuer',
          'exception.stacktrace': 'PaymentError: declined by issuer\n    at charge (pay.ts:4:1)',
        },
      },
    ])
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/logs?q=payment+failed`)
    await page.getByText('payment failed').waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    const panel = page.getByRole('complementary', { name: 'Record details' })
    await panel.getByText('8841').waitFor()
    expect(await panel.textContent()).toContain('at charge (pay.ts:4:1)')
    expect(await panel.textContent()).toContain('service.name')
    expect(new URL(page.url()).hash).toContain('record=')

    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await page.keyboard.press('Enter')
    await panel.getByRole('link', { name: 'User', exact: true }).click()
    await expect.poll(() => new URL(page.url()).hash).toContain('user=u-99')
    expect(complaints).toEqual([])
  })

  test('holds new records back while the reader looks at older ones, and pauses on l', async () => {
    await sendLogs(
      server.otlp,
      Array.from({ length: 300 }, (_, index) => ({ message: `filler ${index}`, component: 'filler' })),
    )
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/logs?module=filler`)
    await page.locator(ROWS).first().waitFor()
    await page.evaluate(`document.querySelector('.grid').scrollTo(0, 2000)`)
    await sendLogs(server.otlp, [{ message: 'held back', component: 'filler' }])
    await page.getByRole('button', { name: '1 new record' }).click()
    await page.getByText('held back').waitFor()

    await page.keyboard.press('l')
    await page.getByRole('button', { name: 'Paused, resume live' }).waitFor()
    await sendLogs(server.otlp, [{ message: 'while paused', component: 'filler' }])
    await page.keyboard.press('l')
    await page.getByText('while paused').waitFor()
    expect(complaints).toEqual([])
  })

  test('reads older pages while scrolling', async () => {
    const { page } = await openPage(browser, `${server.viewer}/#/logs?module=filler`)
    await page.locator(ROWS).first().waitFor()
    const bottom = `document.querySelector('.grid').scrollTo(0, 1e6)`
    await expect
      .poll(async () => {
        await page.evaluate(bottom)
        return messages(page)
      })
      .toContain('filler 0')
  })

  test('narrows the time by a drag across the histogram', async () => {
    const { page } = await openPage(browser, server.viewer)
    const plot = page.locator('.histogram svg')
    await plot.waitFor()
    const box = (await plot.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.99, box.y + 20, { steps: 4 })
    await page.mouse.up()
    await expect.poll(() => new URL(page.url()).hash).toMatch(/from=\d+&to=\d+/)
    await page.getByRole('button', { name: /^Remove time range/ }).click()
    await expect.poll(() => new URL(page.url()).hash).not.toContain('from=')
  })
})
