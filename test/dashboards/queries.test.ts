import { describe, expect, it } from 'vitest'
import { dashboards, markQueries, opened, panelQueries, type DashboardFile } from './support/dashboards.ts'
import { mistakes } from './support/grammar.ts'
import { interpolate, type Chosen, type Language } from './support/interpolate.ts'

const GLOBALS = { __interval: '15s', __rate_interval: '4m', __range: '3600s' }

/** As if somebody had chosen two values of each list, and typed what is special in expressions. */
function chosen(dashboard: DashboardFile): Record<string, Chosen> {
  return Object.fromEntries(
    dashboard.templating.list.map(({ name, type, multi = false, current }) => {
      if (type === 'textbox') return [name, { values: ['a.b`|"c\\'.replaceAll('`', '')], isMulti: false }]
      if (!multi) return [name, { values: [current?.value ?? ''].flat(), isMulti: false }]
      return [name, { values: ['orders.api', 'carts+more'], isMulti: true }]
    }),
  )
}

describe.each([...panelQueries, ...markQueries])('$place', ({ text, language, dashboard }) => {
  it('is understood by the grammar, with everything and with something chosen', () => {
    for (const variables of [opened(dashboard), chosen(dashboard)]) {
      const query = interpolate(text, language, variables, GLOBALS)
      expect(query).not.toMatch(/\$\D/)
      expect(mistakes(query, language)).toEqual([])
    }
  })
})

describe('variables', () => {
  const queries = dashboards.flatMap(([name, dashboard]) =>
    dashboard.templating.list.flatMap(({ name: variable, datasource, query }) => {
      if (datasource === undefined || typeof query === 'string') return []
      const text = query.stream ?? /^label_values\((.+), \w+\)$/.exec(query.query ?? '')?.[1] ?? ''
      return [{ place: `${name} / $${variable}`, dashboard, text, language: datasource.uid as Language }]
    }),
  )

  it.each(queries)('$place is asked for by a selector', ({ text, dashboard, language }) => {
    const query = interpolate(text, language, opened(dashboard))
    expect(query).not.toBe('')
    expect(mistakes(query, language)).toEqual([])
  })

  it.each(dashboards)('%s uses all it has, and has all it uses', (_, dashboard) => {
    const names = dashboard.templating.list.map(({ name }) => name)
    const text = JSON.stringify([dashboard.panels, dashboard.templating, dashboard.annotations])
    const used = [...text.matchAll(/\$\{?([a-z_]\w*)/g)]
      .map(([, name = '']) => name)
      .filter((name) => !name.startsWith('__'))
    expect([...new Set(used)].toSorted()).toEqual(names.toSorted())
  })
})

describe('the grammars', () => {
  it('see what is wrong', () => {
    expect(mistakes('sum by (le (rate(x[5m]))', 'prometheus')).not.toEqual([])
    expect(mistakes('{a="b"} | c=', 'loki')).not.toEqual([])
    expect(mistakes('{ duration > }', 'tempo')).not.toEqual([])
  })
})

describe('interpolate', () => {
  const service: Chosen = { values: ['a.b', 'c'], isMulti: true }

  it('joins values as each data source does', () => {
    expect(interpolate('{job=~"$service"}', 'prometheus', { service })).toBe(String.raw`{job=~"(a\\.b|c)"}`)
    expect(interpolate('{job=~"$service"}', 'loki', { service })).toBe(String.raw`{job=~"a\\.b|c"}`)
    expect(interpolate('{ x =~ "${service}" }', 'tempo', { service })).toBe('{ x =~ "a.b|c" }')
  })

  it('puts in what All stands for as it is, and leaves what it does not know', () => {
    const all: Chosen = { values: [], isMulti: true, all: '.+' }
    expect(interpolate('$service $other ${service:regex}', 'loki', { service: all })).toBe('.+ $other .+')
  })

  it('escapes what is typed where an expression asks for it', () => {
    const text: Chosen = { values: ['1.5 (new)'], isMulti: false }
    expect(interpolate('`${text:regex}.*` $text', 'loki', { text })).toBe('`1\\.5 \\(new\\).*` 1.5 (new)')
  })
})
