import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { writtenFiles } from '../../../stack/dashboards/files.ts'
import type { Chosen, Language } from './interpolate.ts'

/** What the tests read of a dashboard's file. */
export interface DashboardFile {
  readonly uid: string
  readonly title: string
  readonly id?: unknown
  readonly timezone: string
  readonly refresh: string
  readonly tags: readonly string[]
  readonly links: readonly { readonly type: string; readonly tags: readonly string[] }[]
  readonly panels: readonly PanelFile[]
  readonly templating: { readonly list: readonly VariableFile[] }
  readonly annotations: { readonly list?: readonly AnnotationFile[] }
}

/** A panel, or a row, which is a line between panels. */
export interface PanelFile {
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly datasource?: SourceFile
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly TargetFile[]
  readonly transformations?: readonly { readonly id: string; readonly options: Readonly<Record<string, unknown>> }[]
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly noValue?: string }
    readonly overrides: readonly OverrideFile[]
  }
}

export interface OverrideFile {
  readonly matcher: { readonly id: string; readonly options: string }
  readonly properties: readonly { readonly id: string; readonly value: unknown }[]
}

export interface TargetFile {
  readonly refId: string
  readonly datasource: SourceFile
  readonly expr?: string
  readonly query?: string
  readonly instant?: boolean
  readonly queryType?: string
  readonly exemplar?: boolean
  readonly interval?: string
}

export interface SourceFile {
  readonly type: string
  readonly uid: string
}

export interface VariableFile {
  readonly name: string
  readonly type: string
  readonly label?: string
  readonly datasource?: SourceFile
  readonly query: string | { readonly query?: string; readonly stream?: string; readonly label?: string }
  readonly multi?: boolean
  readonly includeAll?: boolean
  readonly allValue?: string
  readonly regex?: string
  readonly current?: { readonly value: string | readonly string[] }
}

interface AnnotationFile {
  readonly name: string
  readonly datasource: SourceFile
  readonly expr: string
}

/** The dashboards as they are committed, by the names of their files. */
export const dashboards: readonly (readonly [string, DashboardFile])[] = writtenFiles().map((path) => [
  basename(path, '.json'),
  JSON.parse(readFileSync(path, 'utf8')) as DashboardFile,
])

/** A query, and where it stands. */
export interface PlacedQuery {
  /** `redis / Commands by name / A`: dashboard, panel, letter; or `redis / $service`, `redis / marks / Processes`. */
  readonly place: string
  readonly dashboard: DashboardFile
  readonly language: Language
  readonly text: string
  readonly isInstant: boolean
  /** A query of records or traces, not of numbers. */
  readonly isList: boolean
  readonly target?: TargetFile
}

/** All queries of all panels. */
export const panelQueries: readonly PlacedQuery[] = dashboards.flatMap(([name, dashboard]) =>
  dashboard.panels.flatMap((panel) =>
    (panel.targets ?? []).map((target) => ({
      place: `${name} / ${panel.title} / ${target.refId}`,
      dashboard,
      language: target.datasource.uid as Language,
      text: target.expr ?? target.query ?? '',
      isInstant: target.instant === true || target.queryType === 'instant',
      isList: target.datasource.uid === 'tempo' || /^\s*\{/.test(target.expr ?? ''),
      target,
    })),
  ),
)

/** The queries of the marks in graphs. */
export const markQueries: readonly PlacedQuery[] = dashboards.flatMap(([name, dashboard]) =>
  (dashboard.annotations.list ?? []).map((mark) => ({
    place: `${name} / marks / ${mark.name}`,
    dashboard,
    language: mark.datasource.uid as Language,
    text: mark.expr,
    isInstant: false,
    isList: true,
  })),
)

/** What the variables of a dashboard stand at when it is opened. */
export function opened(dashboard: DashboardFile): Record<string, Chosen> {
  return Object.fromEntries(dashboard.templating.list.map((variable) => [variable.name, openedVariable(variable)]))
}

function openedVariable({ type, current, multi = false, includeAll = false, allValue, query }: VariableFile): Chosen {
  const isMulti = multi || includeAll
  if (type === 'textbox') return { values: [typeof query === 'string' ? query : ''], isMulti }
  const values = [current?.value ?? []].flat()
  return values.includes('$__all') ? { values: [], isMulti, all: allValue } : { values, isMulti }
}

/** The titles of a table's columns, as its transformations make them. */
export function renamed({ transformations = [] }: PanelFile): string[] {
  const { options = {} } = transformations.find(({ id }) => id === 'organize') ?? {}
  return Object.values((options['renameByName'] ?? {}) as Readonly<Record<string, string>>)
}
