import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { UIDS } from './links.ts'
import type { Panel } from './panels.ts'
import { records, SOURCES } from './queries.ts'
import { streams } from './selectors.ts'
import type { Variable } from './variables.ts'

const TAG = 'clew'
/** Said by every program of clew's when it begins and ends. */
const COMINGS_AND_GOINGS = streams('', '| event_name=~"STARTUP|STOPPED"')

/** A dashboard before it is built. */
export interface Board {
  /** Which one it is, and the name of its file. */
  readonly name: keyof typeof UIDS
  readonly title: string
  readonly description: string
  readonly variables: readonly Variable[]
  /** Panels by the title of their row, from top to bottom. The widths of a line make 24. */
  readonly rows: Readonly<Record<string, readonly Panel[]>>
}

/** The dashboard with what all have in common: links to each other, times, and marks where processes began and ended. */
export function build({ name, title, description, variables, rows }: Board): DashboardBuilder {
  const dashboard = new DashboardBuilder(`clew / ${title}`)
    .uid(UIDS[name])
    .description(description)
    .tags([TAG])
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([...variables])
    .link(
      new DashboardLinkBuilder('clew')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(false)
        .includeVars(true)
        .keepTime(true),
    )
  if (name !== 'pipeline') dashboard.annotation(processMarks())
  for (const [rowTitle, panels] of Object.entries(rows)) {
    dashboard.withRow(new RowBuilder(rowTitle))
    for (const panel of panels) dashboard.withPanel(panel)
  }
  return dashboard
}

function processMarks(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name('Processes')
    .datasource(SOURCES.loki)
    .enable(true)
    .iconColor('blue')
    .expr(COMINGS_AND_GOINGS)
    .titleFormat('{{service_name}}')
    .tagKeys('event_name')
    .target(records(COMINGS_AND_GOINGS, 100).target.refId('Processes'))
}
