/**
 * Takes the pictures of the documentation, docs/images/live.png, trace.png and session.png, from the viewer of a demo that runs:
 * `npm run demo` in one terminal, `node examples/demo/screenshots.ts [the viewer's address]` in another.
 */
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser } from 'playwright-core'

const viewer = process.argv[2] ?? 'http://127.0.0.1:4319'
const folder = fileURLToPath(new URL('../../docs/images/', import.meta.url))
const executablePath = process.env['CHROME_PATH'] ?? '/usr/bin/chromium'
const SETTLE_MILLIS = 3000

interface Picture {
  readonly name: string
  readonly address: string
  /** Something that is there once the page has its data. */
  readonly ready: string
  readonly theme: 'light' | 'dark'
}

await mkdir(folder, { recursive: true })
const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] })
try {
  await take(browser, { name: 'live', address: `${viewer}/#/logs?range=15m`, ready: '[role=row]', theme: 'dark' })
  const trace = await tellingTrace()
  await take(browser, { name: 'trace', address: `${viewer}/#/traces/${trace}`, ready: '[role=row]', theme: 'light' })
  const session = await tellingSession()
  await take(browser, {
    name: 'session',
    address: `${viewer}/#/sessions/${session}`,
    ready: '[role=row]',
    theme: 'dark',
  })
} finally {
  await browser.close()
}

async function take(browser: Browser, { name, address, ready, theme }: Picture): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: theme })
  await page.goto(address)
  await page.locator(ready).first().waitFor()
  // Long enough for a live page to have moved, and for what fades in to be there.
  await page.waitForTimeout(SETTLE_MILLIS)
  await page.screenshot({ path: `${folder}${name}.png` })
  await page.close()
  console.log(`docs/images/${name}.png`)
}

/** The newest of the traces with the most spans: there is something to see in it. */
async function tellingTrace(): Promise<string> {
  const response = await fetch(`${viewer}/api/v1/traces?limit=1000&service=interviews`)
  const { traces } = (await response.json()) as {
    traces: { trace_id: string; spans: number; logs: number }[]
  }
  const [best] = traces.toSorted((a, b) => b.spans - a.spans || b.logs - a.logs)
  if (best === undefined) throw new Error(`${viewer} has no trace of the service interviews: is the demo running?`)
  return best.trace_id
}

/** The newest of the sessions in which something went wrong. */
async function tellingSession(): Promise<string> {
  const response = await fetch(`${viewer}/api/v1/sessions?limit=1000&service=interviews`)
  const { sessions } = (await response.json()) as { sessions: { session_id: string; errors: number }[] }
  const best = sessions.find(({ errors }) => errors > 0) ?? sessions[0]
  if (best === undefined) throw new Error(`${viewer} has no session of the service interviews: is the demo running?`)
  return best.session_id
}
