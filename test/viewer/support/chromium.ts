import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

const PLACES = [process.env['CHROME_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const place = PLACES.find((path) => path !== undefined && existsSync(path))

/** Whether the tests of the viewer can't run here. In CI they never skip: there a missing browser fails. */
export const noBrowser = place === undefined && !process.env['CI']
if (noBrowser)
  console.warn('viewer tests skipped: no Chromium; get it with `apt-get install chromium` or set CHROME_PATH')

/** A real browser. */
export async function launchBrowser(): Promise<Browser> {
  if (place === undefined) throw new Error('no Chromium: `apt-get install chromium` or set CHROME_PATH')
  return await chromium.launch({ executablePath: place, args: FLAGS })
}

/** A page, and everything the browser complained about on it: errors, warnings, breaches of the content security policy. */
export interface WatchedPage {
  readonly page: Page
  readonly complaints: string[]
}

/** Opens an address in a browser profile of its own. */
export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  await page.goto(address)
  return { page, complaints }
}
