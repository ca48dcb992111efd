import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, noBrowser, openPage } from './support/chromium.ts'
import { startTestServer, type TestServer } from './support/server.ts'
import { sendLogs } from './support/telemetry.ts'

const HOSTILE = `<img src=x onerror=alert(1)><script>alert(2)</script> \u202Egpj.exe \u0007\u001b[31mred\n`

describe.skipIf(noBrowser)('the viewer withstands', () => {
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

  test('a restart of the server: it says so, comes back, and shows what it missed', async () => {
    await sendLogs(server.otlp, [{ message: 'before the restart' }])
    const { page } = await openPage(browser, server.viewer)
    await page.getByText('before the restart').waitFor()
    const banner = page.locator('.banner', { hasText: 'The server does not answer.' })
    await server.restart(async () => {
      await banner.waitFor()
      await page.getByText('before the restart').waitFor()
    })
    await sendLogs(server.otlp, [{ message: 'after the restart' }])
    await page.getByText('after the restart').waitFor()
    await banner.waitFor({ state: 'detached' })
    expect(await page.locator('.cell-message').allTextContents()).toEqual([
      'Message',
      'after the restart',
      'before the restart',
    ])
  })

  test('a hostile record: it is text, and nothing leaves its place', async () => {
    await sendLogs(server.otlp, [
      {
        message: HOSTILE + 'A'.repeat(10_000_000),
        severity: 17,
        component: '<svg onload=alert(3)>'.repeat(50),
        service: '<b>'.repeat(1_000),
        attributes: { 'user.id': 'u'.repeat(5_000), ['k'.repeat(2_000)]: '<i>'.repeat(5_000) },
      },
    ])
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/logs?min_level=ERROR`)
    const row = page.locator('[role="rowgroup"] [role="row"]').first()
    await row.waitFor()
    expect(await row.locator('.cell-message').textContent()).toContain('\\u202egpj.exe \\x07\\x1b[31mred ↵ AAA')
    expect((await row.boundingBox())?.height).toBeLessThan(30)
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    const panel = page.getByRole('complementary', { name: 'Record details' })
    await panel.getByText(/10\.0 MB more/).waitFor()
    await panel.getByText('service.name').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(await page.locator('main img, main script, main i, main [onload]').count()).toBe(0)
    expect(complaints).toEqual([])
  })

  test('a flood: it keeps up, in bounded memory', async () => {
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/logs?module=flood`)
    await page.getByText('No record matches').waitFor()
    const batch = Array.from({ length: 500 }, (_, index) => ({ message: `flood ${index}`, component: 'flood' }))
    for (let turn = 0; turn < 20; turn++) await sendLogs(server.otlp, batch)
    await sendLogs(server.otlp, [{ message: 'after the flood', component: 'flood' }])
    await page.getByText('after the flood').waitFor()
    expect(await page.locator('[role="rowgroup"] [role="row"]').count()).toBeLessThan(100)
    expect(complaints).toEqual([])
  })

  test('a request that the server refuses: it shows the reason and the allowed values', async () => {
    const { page } = await openPage(browser, `${server.viewer}/#/logs?level=LOUD`)
    await page.getByText('These logs could not be read').waitFor()
    expect(await page.getByRole('alert').first().textContent()).toContain('CRITICAL')
  })
})
