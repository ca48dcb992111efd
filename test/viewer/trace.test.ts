import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, noBrowser, openPage } from './support/chromium.ts'
import { startTestServer, type TestServer } from './support/server.ts'
import { sendLogs, sendSpans, type SentSpan } from './support/telemetry.ts'

const ROWS = '[role="rowgroup"] [role="row"]'
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const MANY = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const spanId = (number: number) => number.toString(16).padStart(16, '0')

describe.skipIf(noBrowser)('the trace pages', () => {
  let server: TestServer
  let browser: Browser
  const start = Date.now() - 1_000

  beforeAll(async () => {
    server = await startTestServer()
    browser = await launchBrowser()
    await sendSpans(server.otlp, [
      { traceId: TRACE, spanId: spanId(1), name: 'POST /orders', service: 'web', start, end: start + 200 },
      {
        traceId: TRACE,
        spanId: spanId(2),
        parentSpanId: spanId(1),
        name: 'charge card',
        service: 'payments',
        start: start + 50,
        end: start + 150,
        failed: 'declined',
        attributes: { 'order.id': 7 },
      },
      {
        traceId: TRACE,
        spanId: spanId(3),
        parentSpanId: spanId(2),
        name: 'early clock',
        service: 'ledger',
        start: start - 20,
        end: start + 10,
      },
      {
        traceId: TRACE,
        spanId: spanId(4),
        parentSpanId: spanId(99),
        name: 'lost parent',
        start: start + 20,
        end: start + 30,
      },
    ])
    await sendLogs(server.otlp, [
      { message: 'card declined', severity: 17, traceId: TRACE, spanId: spanId(2), millis: start + 100 },
      { message: 'span unknown', traceId: TRACE, spanId: spanId(77), millis: start + 110 },
    ])
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  test('lists traces and opens one by keyboard', async () => {
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/traces`)
    await page.locator(ROWS).first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('treegrid').waitFor()
    expect(new URL(page.url()).hash).toContain(TRACE)
    expect(complaints).toEqual([])
  })

  test('shows spans with their logs in place, missing parents and moved clocks', async () => {
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/traces/${TRACE}`)
    await page.getByText('charge card').first().waitFor()
    const rows = await page.locator(`${ROWS} .trace-name .trace-text, ${ROWS} .trace-title`).allTextContents()
    expect(rows).toEqual([
      'POST /ordersweb',
      'charge cardpayments',
      'early clockledger',
      'card declined',
      'lost parentshop',
      'Logs whose span is not stored',
      'span unknown',
    ])
    await page.locator(ROWS, { hasText: 'lost parent' }).getByText('no parent').waitFor()
    await page.locator(ROWS, { hasText: 'early clock' }).getByText('clock', { exact: true }).waitFor()

    const bar = await page.locator(ROWS, { hasText: 'charge card' }).locator('.bar').boundingBox()
    const mark = await page.locator(ROWS, { hasText: 'charge card' }).locator('.mark').boundingBox()
    const middle = (mark?.x ?? 0) + (mark?.width ?? 0) / 2
    expect(middle).toBeCloseTo((bar?.x ?? 0) + (bar?.width ?? 0) / 2, -1)
    expect(complaints).toEqual([])
  })

  test('opens a span and from it a log, and folds', async () => {
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/traces/${TRACE}`)
    await page.locator(ROWS, { hasText: 'charge card' }).first().click()
    const panel = page.getByRole('complementary', { name: 'Span details' })
    await panel.getByText('order.id').waitFor()
    await panel.getByRole('button', { name: /card declined/ }).click()
    await page.getByRole('complementary', { name: 'Record details' }).getByText('card declined').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Fold POST /orders' }).click()
    await page.locator(ROWS, { hasText: 'charge card' }).waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
  })

  test('takes 5,000 spans, in a chain as deep as it is long', async () => {
    const spans = Array.from({ length: 5_000 }, (_, index): SentSpan => {
      const parent = index === 0 ? {} : { parentSpanId: spanId(index) }
      return {
        traceId: MANY,
        spanId: spanId(index + 1),
        ...parent,
        name: `step ${index}`,
        start: start + index / 10,
        end: start + 600,
      }
    })
    await sendSpans(server.otlp, spans)
    const { page, complaints } = await openPage(browser, `${server.viewer}/#/traces/${MANY}`)
    await page.getByText('step 0', { exact: true }).first().waitFor()
    expect(await page.locator(ROWS).count()).toBeLessThan(100)
    await page.evaluate(`document.querySelector('.grid').scrollTo(0, 1e6)`)
    await page.getByText('step 4999').waitFor()
    expect(complaints).toEqual([])
  })
})
