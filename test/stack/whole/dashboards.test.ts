import { beforeAll, describe, expect, inject, it } from 'vitest'
import {
  dashboards,
  markQueries,
  opened,
  panelQueries,
  type VariableFile,
} from '../../dashboards/support/dashboards.ts'
import { interpolate, type Language } from '../../dashboards/support/interpolate.ts'
import { ask } from '../support/queries.ts'
import { nanos, runQuery, sinceTheExamples, type Shown } from '../support/run-query.ts'
import { makeTrouble } from '../support/trouble.ts'

const stack = inject('wholeStack')
const servers = stack ?? { loki: '', prometheus: '', tempo: '' }

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

/** A regular expression as Grafana applies it to values: what its first group holds. */
function captured(value: string, regex: string): string {
  return new RegExp(regex.replace(/^\/|\/$/g, '')).exec(value)?.[1] ?? value
}
