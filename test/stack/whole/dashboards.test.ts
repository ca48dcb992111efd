import { beforeAll, describe, expect, inject, it } from 'vitest'
import {
  dashboards,
  markQueries,
  opened,
  panelQueries,
  type PanelFile,
  type VariableFile,
} from '../../dashboards/support/dashboards.ts'
import { namesIn } from '../../dashboards/support/grammar.ts'
import { interpolate, type Language } from '../../dashboards/support/interpolate.ts'
import { ask, logCounts, total } from '../support/queries.ts'
import { nanos, runQuery, sinceTheExamples, type Shown } from '../support/run-query.ts'
import { makeTrouble } from '../support/trouble.ts'

const stack = inject('wholeStack')
const servers = stack ?? { loki: '', prometheus: '', tempo: '' }

const STEPS = { __interval: '15s', __rate_interval: '1m', __range: '1h' }

/** What finds nothing here, and why. That the names of metrics are right is shown in pipeline-failures.test.ts. */
const NOTHING_FOUND: Readonly<Record<string, string>> = {
  'external / Not answered in five minutes / A': 'a call has to be open for five minutes',
  'pipeline / Left out, by reason / C': 'the receiver of the troubled service refuses records and spans, no metrics',
  'pipeline / Could not be sent / A': 'Loki takes all there is',
  'pipeline / Could not be sent / B': 'Tempo takes all there is',
  'pipeline / Could not be sent / C': 'Prometheus fetches: nothing is sent there',
  'pipeline / Found no room in a queue / A': 'the queue has room',
  'pipeline / Found no room in a queue / B': 'the queue has room',
  'pipeline / Found no room in a queue / C': 'metrics have no queue',
  'pipeline / What Loki and Tempo throw away / A': 'Loki throws nothing away',
  'pipeline / What Loki and Tempo throw away / B': 'Tempo throws nothing away',
}

describe.skipIf(stack === undefined)('with the telemetry of the examples, and of a service in trouble', () => {
  let shown: Shown = { from: 0, to: 0 }

  beforeAll(async () => {
    if (stack === undefined) return
    await makeTrouble(stack)
    shown = sinceTheExamples(stack)
  })

  const busy = [...panelQueries, ...markQueries].filter(({ place }) => NOTHING_FOUND[place] === undefined)
  it.each(busy)('$place finds something', async (query) => {
    const found = await runQuery(query, servers, shown)
    expect(found).not.toEqual([])
  })

  const idle = panelQueries.filter(({ place }) => NOTHING_FOUND[place] !== undefined)
  it.each(idle)('$place is answered, with nothing', async (query) => {
    expect(await runQuery(query, servers, shown)).toEqual([])
  })

  // A sum with a zero beside it finds something whatever it is asked for.
  describe('every name in a query, and in a column, is one that there is', () => {
    const queries = [...busy, ...markQueries].filter(({ language }) => language !== 'tempo')
    const named = (language: Language): readonly { place: string; metrics: string[]; labels: string[] }[] =>
      queries
        .filter((query) => query.language === language)
        .map(({ place, text, dashboard }) => {
          const filled = interpolate(text, language, opened(dashboard), { ...STEPS })
          return { place, ...namesIn(filled, language) }
        })
    const unknown = (names: readonly string[], known: ReadonlySet<string>): string[] =>
      names.filter((name) => !known.has(name))

    it('in Prometheus', async () => {
      const api = `${servers.prometheus}/api/v1`
      const metrics = new Set(await ask<string[]>(`${api}/label/__name__/values`, {}))
      const labels = new Set(await ask<string[]>(`${api}/labels`, {}))
      const wrong = named('prometheus').flatMap((one) => [
        ...unknown(one.metrics, metrics).map((name) => `${one.place}: ${name}`),
        ...unknown(one.labels, labels).map((name) => `${one.place}: ${name}`),
      ])
      expect(metrics.size).toBeGreaterThan(100)
      expect(wrong).toEqual([])
    })

    it('in Loki', async () => {
      const columns = dashboards.flatMap(([name, { panels }]) =>
        panels
          .filter(({ datasource }) => datasource?.uid === 'loki')
          .map((panel) => ({ place: `${name} / ${panel.title}`, labels: columnsOf(panel) })),
      )
      const all = [...named('loki'), ...columns]
      const known = await fieldsInLoki(new Set(all.flatMap(({ labels }) => labels)))
      const wrong = all.flatMap(({ place, labels }) => unknown(labels, known).map((name) => `${place}: ${name}`))
      expect(columns.length).toBeGreaterThan(10)
      expect(wrong).toEqual([])
    })
  })

  /** Those of these labels and fields that some record has. */
  async function fieldsInLoki(names: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    const seconds = Math.round((shown.to - shown.from) / 1000)
    const fields = new Set<string>()
    for (const name of names) {
      const query = `sum(count_over_time({service_name=~".+"} | ${name}!="" [${seconds}s]))`
      if (total(await logCounts(servers.loki, query, shown.to)) > 0) fields.add(name)
    }
    return fields
  }

  it('knows all those of which nothing is to be found', () => {
    expect(idle.map(({ place }) => place).toSorted()).toEqual(Object.keys(NOTHING_FOUND).toSorted())
  })

  it.each(dashboards)('%s: its variables offer what there is', async (_, dashboard) => {
    const offered: Record<string, readonly string[]> = {}
    for (const variable of dashboard.templating.list) {
      if (variable.datasource === undefined) continue
      offered[variable.name] = await offeredBy(variable, (text, language) =>
        interpolate(text, language, opened(dashboard)),
      )
    }
    expect(offered['environment']).toEqual(expect.arrayContaining(['development']))
    expect(offered['service']).toEqual(expect.arrayContaining(['interviews', 'recruiting', 'troubled']))
    expect(offered['instance']?.length ?? 3).toBeGreaterThanOrEqual(3)
  })

  async function offeredBy(
    { query, regex, datasource }: VariableFile,
    filled: (text: string, language: Language) => string,
  ): Promise<string[]> {
    if (typeof query === 'string') throw new Error('a query of a variable is an object')
    if (datasource?.uid === 'loki') {
      const url = `${servers.loki}/loki/api/v1/label/${query.label}/values`
      const range = { start: nanos(shown.from), end: nanos(shown.to) }
      return await ask<string[]>(url, { query: filled(query.stream ?? '', 'loki'), ...range })
    }
    const [, selector = '', label] = /^label_values\((.+), (\w+)\)$/.exec(query.query ?? '') ?? []
    const range = { start: String(shown.from / 1000), end: String(shown.to / 1000) }
    const url = `${servers.prometheus}/api/v1/label/${label}/values`
    const values = await ask<string[]>(url, { 'match[]': filled(selector, 'prometheus'), ...range })
    return regex === undefined ? values : values.map((value) => captured(value, regex))
  }
})

/** What a table of records or counts shows of them, but for what every record has. */
function columnsOf({ transformations = [] }: PanelFile): string[] {
  const { options = {} } = transformations.find(({ id }) => id === 'filterFieldsByName') ?? {}
  const { names = [] } = (options['include'] ?? {}) as { readonly names?: readonly string[] }
  return names.filter((name) => name !== 'Time' && !name.startsWith('Value #'))
}

/** A regular expression as Grafana applies it to values: what its first group holds. */
function captured(value: string, regex: string): string {
  return new RegExp(regex.replace(/^\/|\/$/g, '')).exec(value)?.[1] ?? value
}
