import type { AlertRule, GroupKey, RecordMatch } from './alert-rule.ts'
import { durationText } from './duration.ts'
import { groupLabel } from './labels.ts'
import { recordsQuery } from './logql.ts'
import { quote } from './query-text.ts'

/** Stands where a value is put in. */
const HOLE = '\uE000'

/**
 * A template of Grafana's that becomes the link to the records which made a group fire: Explore, with a query of Loki. A metric's records are those of its service with its attributes.
 * The braces, quotes and percent signs of the query are those of four languages in each other: LogQL in JSON in a URL, printed by a template.
 */
export function exploreLink(rule: AlertRule, lokiUid: string): string {
  const matches: readonly RecordMatch[] = rule.what === 'share' ? [rule.among, rule.where] : [rule.where]
  const values: string[] = []
  const groups = rule.by.map((key: GroupKey) => {
    const label = groupLabel(key)
    values.push(`(index .Labels ${quote(label)})`)
    return { label, text: `${label}=${HOLE}` }
  })
  const query = recordsQuery(matches, groups).replaceAll('%', '%%').replaceAll(HOLE, '%q')
  const printed = values.length === 0 ? quote(query.replaceAll('%%', '%')) : `(printf ${quote(query)} ${values.join(' ')})` // prettier-ignore
  const pane = JSON.stringify({
    logs: {
      datasource: lokiUid,
      queries: [{ refId: 'A', expr: HOLE, datasource: { type: 'loki', uid: lokiUid } }],
      range: { from: `now-${durationText(rule.withinMillis)}`, to: 'now' },
    },
  })
  const panes = pane.replaceAll('%', '%%').replace(JSON.stringify(HOLE), '%q')
  const root = `{{ reReplaceAll ${quote('/*\\z')} "" externalURL }}`
  return `${root}/explore?schemaVersion=1&orgId=1&panes={{ printf ${quote(panes)} ${printed} | urlquery }}`
}
