import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard'
import { SOURCES } from './queries.ts'
import { MATCH_WHOLE } from './typed.ts'

/** The dashboards by what they show. Links and bookmarks go by these ids: they stay as they are. */
export const UIDS = {
  overview: 'clew-overview',
  logs: 'clew-logs',
  websocket: 'clew-websocket',
  redis: 'clew-redis',
  audit: 'clew-audit',
  external: 'clew-external',
  runtime: 'clew-runtime',
  pipeline: 'clew-pipeline',
} as const

/** A link on a value of a table or graph; Grafana fills in what stands in `${…}`. */
export interface ValueLink {
  readonly title: string
  readonly url: string
}

/**
 * The records that a value belongs to, in the dashboard of logs, which has these variables: `{ session: VALUE }`.
 * Time and environment are those that are shown. The values are whole ones: the link for `u-1` does not show those of `u-10`.
 */
export function logsLink(title: string, chosen: Readonly<Record<string, string | readonly string[]>>): ValueLink {
  const variables = Object.entries(chosen).flatMap(([name, values]) =>
    [values].flat().map((value) => `var-${name}=${value}`),
  )
  const query = ['${__url_time_range}', '${environment:queryparam}', `var-match=${MATCH_WHOLE}`, ...variables].join('&')
  return { title, url: `/d/${UIDS.logs}?${query}` }
}

/** The value that is clicked on. */
export const VALUE = '${__value.text:percentencode}'

/** Another field of the row that is clicked on. */
export function field(name: string): string {
  return `\${__data.fields["${name}"]:percentencode}`
}

/** The trace whose id the value is, in Explore. */
export const traceLink: ValueLink = { title: 'Open the trace', url: `/explore?schemaVersion=1&panes=${tracePane()}` }

function tracePane(): string {
  const query = { refId: 'A', datasource: SOURCES.tempo, queryType: 'traceql', query: '__id' }
  const pane = { datasource: SOURCES.tempo.uid, queries: [query], range: { from: '__from', to: '__to' } }
  // Encoded first: what Grafana fills in has to stay readable for it.
  return encodeURIComponent(JSON.stringify({ trace: pane }))
    .replace('__id', '${__value.raw}')
    .replace('__from', '${__from}')
    .replace('__to', '${__to}')
}

/** The link as an override of a column. */
export function linked(link: ValueLink): DynamicConfigValue {
  return { id: 'links', value: [link] }
}
