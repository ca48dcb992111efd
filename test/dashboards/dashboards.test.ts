import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { dashboardFiles, writtenFiles } from '../../stack/dashboards/files.ts'
import { UIDS } from '../../stack/dashboards/links.ts'
import { repositoryRoot } from '../../stack/native/repository.ts'
import { dashboards, panelQueries, renamed, type PanelFile } from './support/dashboards.ts'

const provisioning = join(repositoryRoot, 'stack/grafana/provisioning')
const read = (path: string): unknown => parse(readFileSync(join(provisioning, path), 'utf8'))
const titles = (panels: readonly PanelFile[]): string[] => panels.map(({ title }) => title)

describe('the files', () => {
  it('are what the code makes (else: node stack/dashboards/write.ts)', () => {
    const written = new Map(writtenFiles().map((path) => [path, readFileSync(path, 'utf8')]))
    const stale = [...dashboardFiles()].filter(([path, text]) => written.get(path) !== text).map(([path]) => path)
    expect(stale).toEqual([])
    expect(written.size).toBe(dashboardFiles().size)
  })

  it('are where the compose file mounts them and the provisioning looks for them', () => {
    const { providers } = read('dashboards/dashboards.yaml') as Providers
    const compose = parse(readFileSync(join(repositoryRoot, 'docker-compose.yml'), 'utf8'), { merge: true }) as Compose
    const mounts = compose.services.grafana.volumes.map((volume) => volume.split(':'))
    const [folder] = mounts.find(([, inside]) => inside === providers[0]?.options.path) ?? []
    expect(folder).toBe('./stack/grafana/dashboards')
    expect(mounts.map(([outside]) => outside)).toContain('./stack/grafana/provisioning')
  })
})

describe.each(dashboards)('%s', (name, dashboard) => {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row')
  const where = (isWrong: (panel: PanelFile) => boolean): string[] => titles(panels.filter(isWrong))

  it('has a stable uid and no id, times as the reader has them, and links to the others', () => {
    expect(dashboard.uid).toBe(UIDS[name as keyof typeof UIDS])
    expect(dashboard.id).toBeUndefined()
    expect(dashboard).toMatchObject({ timezone: 'browser', refresh: '30s', tags: ['clew'] })
    expect(dashboard.links).toMatchObject([{ type: 'dashboards', tags: ['clew'], includeVars: true, keepTime: true }])
  })

  it('has panels that say what they are, each under a name of its own', () => {
    expect(where(({ title }) => title === '')).toEqual([])
    expect(where(({ description = '' }) => description.length < 40)).toEqual([])
    expect(where(({ targets = [] }) => targets.length === 0)).toEqual([])
    expect(titles(panels)).toEqual([...new Set(titles(panels))])
  })

  it('has units wherever there are numbers', () => {
    expect(where(({ type, fieldConfig }) => type !== 'logs' && fieldConfig?.defaults.unit === undefined)).toEqual([])
  })

  it('has a grid without overlaps, whose lines are full', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    )
    expect(cells.length).toBe(new Set(cells).size)
    const lines = [...Map.groupBy(dashboard.panels, ({ gridPos }) => gridPos.y).values()]
    const width = (line: readonly PanelFile[]): number => line.reduce((sum, { gridPos }) => sum + gridPos.w, 0)
    const heights = (line: readonly PanelFile[]): number => new Set(line.map(({ gridPos }) => gridPos.h)).size
    expect(lines.filter((line) => width(line) !== 24 || heights(line) !== 1).map(titles)).toEqual([])
  })

  it('has exemplars in graphs of how long requests, commands and sessions take', () => {
    const without = ({ type, targets = [] }: PanelFile): boolean =>
      type === 'timeseries' &&
      targets.some(({ expr = '' }) => /histogram_quantile.+(request|operation|session)_duration/.test(expr)) &&
      !targets.some(({ exemplar }) => exemplar === true)
    expect(where(without)).toEqual([])
  })

  it('overrides only columns that are there', () => {
    const unknown = (panel: PanelFile): boolean =>
      panel.type === 'table' &&
      (panel.fieldConfig?.overrides ?? []).some(({ matcher }) => !renamed(panel).includes(matcher.options))
    expect(where(unknown)).toEqual([])
  })
})

it('the data sources of all panels and variables are provisioned', () => {
  const { datasources } = read('datasources/datasources.yaml') as { datasources: { uid: string; type: string }[] }
  const used = dashboards.flatMap(([, { panels, templating }]) => [
    ...panels.flatMap(({ datasource, targets = [] }) => [datasource, ...targets.map((target) => target.datasource)]),
    ...templating.list.map(({ datasource }) => datasource),
  ])
  const names = (sources: readonly ({ uid: string; type: string } | undefined)[]): Set<string> =>
    new Set(sources.flatMap((source) => (source === undefined ? [] : [`${source.uid} (${source.type})`])))
  expect(names(used)).toEqual(names(datasources))
  expect(new Set(panelQueries.map(({ language }) => language)).size).toBe(3)
})

interface Providers {
  readonly providers: readonly { readonly options: { readonly path: string } }[]
}

interface Compose {
  readonly services: { readonly grafana: { readonly volumes: readonly string[] } }
}
