import { describe, expect, it } from 'vitest'
import { dashboards, renamed } from './support/dashboards.ts'

interface Link {
  readonly title: string
  readonly url: string
}

interface Panes {
  readonly trace: { readonly datasource: string; readonly queries: readonly object[]; readonly range: object }
}

const links = dashboards.flatMap(([name, { panels }]) =>
  panels.flatMap((panel) =>
    (panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
      properties
        .filter(({ id }) => id === 'links')
        .flatMap(({ value }) => value as readonly Link[])
        .map(({ title, url }) => ({ place: `${name} / ${panel.title}: ${title}`, url, columns: renamed(panel) })),
    ),
  ),
)
const toDashboards = links.filter(({ url }) => url.startsWith('/d/'))
const toExplore = links.filter(({ url }) => url.startsWith('/explore?'))

describe('links on values', () => {
  it('lead to dashboards or into Explore', () => {
    expect(toDashboards.length).toBeGreaterThan(5)
    expect(toExplore.length).toBeGreaterThan(5)
    expect(toDashboards.length + toExplore.length).toBe(links.length)
  })

  it.each(toDashboards)('$place leads to a dashboard that has the variables', ({ url, columns }) => {
    const [, uid = '', query = ''] = /^\/d\/([\w-]+)\?(.+)$/.exec(url) ?? []
    const [, target] = dashboards.find(([, dashboard]) => dashboard.uid === uid) ?? []
    const names = target?.templating.list.map(({ name }) => name) ?? []
    const set = [...query.matchAll(/var-(\w+)=/g)].map(([, name = '']) => name)
    expect(set.length).toBeGreaterThan(0)
    expect(names).toEqual(expect.arrayContaining(set))
    const fields = [...query.matchAll(/__data\.fields\["(.+?)"\]/g)].map(([, name = '']) => name)
    expect(columns).toEqual(expect.arrayContaining(fields))
  })

  it.each(toExplore)('$place opens Explore with the trace', ({ url }) => {
    const id = 'ab'.repeat(16)
    const filled = url.replace('${__value.raw}', id).replace('${__from}', '1').replace('${__to}', '2')
    const panes = JSON.parse(new URLSearchParams(filled.split('?')[1]).get('panes') ?? '') as Panes
    expect(panes.trace).toMatchObject({ datasource: 'tempo', range: { from: '1', to: '2' } })
    expect(panes.trace.queries).toMatchObject([{ queryType: 'traceql', query: id }])
  })
})
