import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, noBrowser, openPage } from './support/chromium.ts'
import { startTestServer, type TestServer } from './support/server.ts'
import { sendLogs } from './support/telemetry.ts'

const NAMELESS = `[...document.querySelectorAll('button, a, input')]
  .filter((one) => !(one.getAttribute('aria-label') ?? one.textContent).trim()).map((one) => one.outerHTML)`
const BROKEN_IDS = `[...document.querySelectorAll('[aria-activedescendant]')]
  .filter((one) => !document.getElementById(one.getAttribute('aria-activedescendant'))).length`

describe.skipIf(noBrowser)('the viewer for everyone', () => {
  let server: TestServer
  let browser: Browser

  beforeAll(async () => {
    server = await startTestServer()
    browser = await launchBrowser()
    await sendLogs(server.otlp, [
      { message: 'one', attributes: { 'user.id': 'u-7' } },
      { message: 'two', severity: 17 },
    ])
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  test('every control has a name, and the parts of the page are landmarks', async () => {
    const { page } = await openPage(browser, server.viewer)
    await page.getByText('two').waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('complementary', { name: 'Record details' }).waitFor()
    expect(await page.evaluate(NAMELESS)).toEqual([])
    expect(await page.evaluate(BROKEN_IDS)).toBe(0)
    for (const role of ['banner', 'navigation', 'main', 'search', 'grid'] as const) {
      await page.getByRole(role).first().waitFor()
    }
  })

  test('the help opens on ? and closes on Escape', async () => {
    const { page } = await openPage(browser, server.viewer)
    await page.getByText('two').waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard and search' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test('menus work by keyboard alone', async () => {
    const { page } = await openPage(browser, server.viewer)
    await page.locator('.cell-message', { hasText: 'one' }).waitFor()
    await page.getByRole('button', { name: /^Level/ }).focus()
    await page.keyboard.press('Enter')
    await page.locator('[role=menuitemradio]:focus').waitFor()
    await page.keyboard.press('e')
    await page.locator('[role=menuitemradio]:focus', { hasText: /error/i }).waitFor()
    await page.keyboard.press('Enter')
    await expect.poll(() => new URL(page.url()).hash).toContain('min_level=ERROR')
    await page.locator('.cell-message', { hasText: 'one' }).waitFor({ state: 'detached' })
  })

  test('the theme follows the system until one is chosen, and the choice is remembered', async () => {
    const { page } = await openPage(browser, server.viewer, { colorScheme: 'dark' })
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const dark = await ground()
    await page.getByRole('button', { name: /^Theme: as the system/ }).click()
    const light = await ground()
    expect(light).not.toBe(dark)
    await page.reload()
    expect(await ground()).toBe(light)
  })
})
