import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { parse } from 'yaml'
import { grafanaAlerting, readAlerts, type GrafanaRule } from '../../src/alerts/index.ts'
import { startCollector, type Collector } from '../../stack/native/collector.ts'
import { findProgram } from '../../stack/native/find-program.ts'
import { startLoki, type Loki } from '../../stack/native/loki.ts'
import { startPrometheus, type Prometheus } from '../../stack/native/prometheus.ts'
import { repositoryRoot } from '../../stack/native/repository.ts'
import { lokiProgram, prometheusProgram } from '../../stack/native/stack-programs.ts'
import { firing } from './support/alert-evaluation.ts'
import { plantMetrics } from './support/alert-metrics.ts'
import { plant } from './support/alert-records.ts'
import { OWN_RULES, PLANTED_RECORDS, PLANTED_REQUESTS } from './support/alert-scene.ts'
import { eventually } from './support/eventually.ts'
import { logCounts, logs, total } from './support/queries.ts'
import { linkedQuery, printAnnotations } from './support/render-templates.ts'

const collectorProgram = inject('collectorProgram')
const [lokiFound, prometheusFound] = [await lokiProgram(), prometheusProgram()]
const missing = [lokiFound, prometheusFound].flatMap((found) => ('missing' in found ? [found.missing] : []))
if (missing.length > 0 && process.env['CI'] === 'true') throw new Error(missing.join('\n'))
for (const line of missing) console.warn(`skipped: ${line}`)
const [lokiPath, prometheusPath] = [lokiFound, prometheusFound].map((found) => ('path' in found ? found.path : ''))

const rulesIn = (file: string): GrafanaRule[] =>
  (parse(file) as { groups: { rules: GrafanaRule[] }[] }).groups.flatMap(({ rules }) => rules)
const committed = rulesIn(readFileSync(join(repositoryRoot, 'stack/grafana/provisioning/alerting/clew.yaml'), 'utf8'))
const own = rulesIn(grafanaAlerting(readAlerts(OWN_RULES)))

describe.skipIf(missing.length > 0 || collectorProgram === '')('alert rules, asked of the real servers,', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clew-alerts-'))
  const at = Math.floor(Date.now() / 1000) * 1000
  let loki: Loki
  let prometheus: Prometheus
  let collector: Collector

  beforeAll(async () => {
    plantMetrics(prometheusPath as string, join(folder, 'prometheus'), at, PLANTED_REQUESTS)
    const nowhere = '127.0.0.1:1'
    const targets = { applications: nowhere, collector: nowhere, loki: nowhere, tempo: nowhere }
    prometheus = await startPrometheus({ program: prometheusPath as string, dataDir: folder, targets })
    loki = await startLoki({ program: lokiPath as string, dataDir: folder })
    const dataDir = join(folder, 'collector')
    mkdirSync(dataDir)
    const env = { CLEW_LOKI_ENDPOINT: `${loki.url}/otlp`, CLEW_FILES: 'nop', CLEW_TEMPO: 'nop', CLEW_PROMETHEUS: 'nop' }
    collector = await startCollector({ program: collectorProgram, dataDir, env })
    await plant(collector.endpoint, at, PLANTED_RECORDS)
    await eventually('all records in Loki', async () => {
      const found = total(await logCounts(loki.url, 'sum(count_over_time({service_name=~".+"} [3h]))', at + 1000))
      return found === PLANTED_RECORDS.length ? true : undefined
    })
  })
  afterAll(async () => {
    await collector?.stop()
    await loki?.stop()
    await prometheus?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Who fires, as text, and why. */
  const fires = async (rules: readonly GrafanaRule[], name: string): Promise<Record<string, number>> => {
    const rule = rules.find(({ title }) => title === name)
    if (rule === undefined) throw new Error(`no rule ${name}`)
    const alerts = await firing(rule, { loki: loki.url, prometheus: prometheus.url }, at)
    return Object.fromEntries(
      alerts.map(({ labels, value }) => [Object.values(labels).toSorted().join(' '), Math.round(value * 1000) / 1000]),
    )
  }

  test('error-rate fires for a service above 5 % of at least 20 records within the hour, and for no other', async () => {
    expect(await fires(committed, 'error-rate')).toEqual({ 'rate-above': 5.042, 'rate-all': 100 })
  })

  test('critical fires for a service with one such record within 5 minutes, and for no other', async () => {
    expect(await fires(committed, 'critical')).toEqual({ 'critical-one': 1 })
  })

  test('failed-logins fires for a user of a tenant with more than 10 within 15 minutes, and for no other', async () => {
    expect(await fires(committed, 'failed-logins')).toEqual({
      'eleven t1': 11,
      'both-services t1': 12,
      'no-tenant': 11,
      'o"dd\\us{e}r% t1': 11,
    })
  })

  test('slow-responses fires for a service above 2 s on average over 5 minutes, and for no other', async () => {
    expect(await fires(committed, 'slow-responses')).toEqual({ slow: 2.01, mixed: 2.25 })
  })

  test.each([
    ['odd-text', { '': 2 }],
    ['some-text', { '': 4 }],
    ['patterns', { 'orders.write': 1, 'orders.read': 2 }],
    ['star', { '': 1 }],
    ['alike', { 'u-1': 1 }],
    ['numbers', { '/a 500': 2, '/a 503': 1 }],
    ['slow-queries', { 'average-above': 100.5 }],
    ['slow-part', { '': 50 }],
    ['many', { '': 600 }],
    ['crowd', { i7: 2 }],
    ['crowd-share', { i7: 100 }],
    ['tiny', { '': 50 }],
    ['odd-label', { v: 1 }],
    ['slow-route', { '/slow mixed': 3 }],
    ['slow-shop', { '': 2.505 }],
    ['slow-few', {}],
  ])("a rule of one's own, %s, fires for what it says", async (name, expected) => {
    expect(await fires(own, name)).toEqual(expected)
  })

  test('a share among others fires by their number only', async () => {
    expect(await fires(own, 'server-errors')).toEqual({ numbers: 60 })
  })

  test.skipIf(findProgram('go') === undefined)(
    'the annotations of an alert say what was found, and lead to its records',
    async () => {
      const rule = committed.find(({ title }) => title === 'failed-logins')
      const labels = { clew_tenant_id: 't1', user_id: 'o"dd\\us{e}r%' }
      const printed = printAnnotations(rule?.annotations ?? {}, { labels, value: 11 })
      expect(printed['description']).toMatch(
        /^11 records in 15m \(the limit is 10\), tenant t1, user o"dd\\us\{e\}r%\. Is it/,
      )
      const found = await logs(loki.url, linkedQuery(printed['logs'] ?? ''))
      expect(found).toHaveLength(11)
      expect(new Set(found.map((line) => line.labels['user_id']))).toEqual(new Set(['o"dd\\us{e}r%']))
    },
  )

  test.skipIf(findProgram('go') === undefined)(
    'the annotations of every rule are templates that lead to a query which Loki takes',
    async () => {
      for (const rule of [...committed, ...own]) {
        const printed = printAnnotations(rule.annotations, { labels: { service_name: 'rate-above' }, value: 1.5 })
        expect(printed['summary']).not.toBe('')
        await logs(loki.url, linkedQuery(printed['logs'] ?? ''))
      }
    },
  )
})
