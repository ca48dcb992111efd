import type { AlertRule } from './alert-rule.ts'
import { durationText } from './duration.ts'
import { exploreLink } from './explore-link.ts'
import { plainTemplate } from './plain-template.ts'
import { groupLabel } from './labels.ts'
import { logqlOf } from './logql.ts'
import { promqlOf } from './promql.ts'

/** The uids of the data sources in `stack/grafana/provisioning/datasources`. */
const LOKI = { type: 'loki', uid: 'loki' } as const
const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' } as const
/** Grafana's own, for what is done with the answers of others. */
const EXPRESSION = { type: '__expr__', uid: '__expr__' } as const

/** One step of a rule: a query, or an expression on the answer of an earlier one. */
export interface GrafanaQuery {
  readonly refId: string
  readonly datasourceUid: string
  readonly queryType?: string
  /** Seconds before now. */
  readonly relativeTimeRange?: { readonly from: number; readonly to: number }
  readonly model: Readonly<Record<string, unknown>>
}

/** An alert rule as Grafana's provisioning has it. */
export interface GrafanaRule {
  readonly uid: string
  readonly title: string
  readonly condition: string
  readonly data: readonly GrafanaQuery[]
  readonly for: string
  readonly noDataState: 'OK'
  readonly execErrState: 'Error'
  readonly isPaused: false
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly notification_settings?: {
    readonly receiver: string
    readonly group_by: readonly string[]
    readonly group_wait: string
    readonly group_interval: string
    readonly repeat_interval: string
  }
}

/** The id of a rule in Grafana: the same as long as its name is. */
export function grafanaUid(name: string): string {
  return `clew-${name}`
}

/**
 * A rule for Grafana: a query (A), its last value of each group (B), and whether that is above the threshold (C).
 *
 * No data is no alarm: a group without a matching record has no series, which is how a healthy service looks. A query that fails is an alarm of its own (`Error`): who can't see must not believe that all is well.
 *
 * @param receiver the contact point that is told, instead of the one that Grafana's policies find
 */
export function grafanaRule(rule: AlertRule, receiver?: string): GrafanaRule {
  const title = rule.name
  return {
    uid: grafanaUid(rule.name),
    title,
    condition: 'C',
    data: [query(rule), reduce, threshold(rule.what === 'share' ? rule.abovePercent : rule.above)],
    for: rule.forMillis === 0 ? '0s' : durationText(rule.forMillis),
    noDataState: 'OK',
    execErrState: 'Error',
    isPaused: false,
    labels: { severity: rule.severity },
    annotations: {
      summary: plainTemplate(rule.summary),
      description: description(rule),
      logs: exploreLink(rule, LOKI.uid),
      ...(rule.runbook === undefined ? undefined : { runbook_url: plainTemplate(rule.runbook) }),
    },
    ...(receiver === undefined ? undefined : { notification_settings: { receiver, ...ROUTE } }),
  }
}

/** One message for all groups of a rule; again after a day where it still holds, and when it is over. */
const ROUTE = {
  group_by: ['alertname', 'grafana_folder'],
  group_wait: '30s',
  group_interval: '5m',
  repeat_interval: '1d',
} as const

function query(rule: AlertRule): GrafanaQuery {
  const relativeTimeRange = { from: rule.withinMillis / 1_000, to: 0 }
  if (rule.what === 'average' && 'metric' in rule.of) {
    const expr = promqlOf(rule, rule.of)
    const model = { refId: 'A', expr, instant: true, range: false, datasource: PROMETHEUS, editorMode: 'code' }
    return { refId: 'A', datasourceUid: PROMETHEUS.uid, relativeTimeRange, model }
  }
  const model = { refId: 'A', expr: logqlOf(rule), queryType: 'instant', datasource: LOKI, editorMode: 'code' }
  return { refId: 'A', datasourceUid: LOKI.uid, queryType: 'instant', relativeTimeRange, model }
}

/** What is no number (an average of nothing) is left out. */
const reduce: GrafanaQuery = {
  refId: 'B',
  datasourceUid: EXPRESSION.uid,
  model: {
    refId: 'B',
    type: 'reduce',
    expression: 'A',
    reducer: 'last',
    settings: { mode: 'dropNN' },
    datasource: EXPRESSION,
  },
}

function threshold(above: number): GrafanaQuery {
  return {
    refId: 'C',
    datasourceUid: EXPRESSION.uid,
    model: {
      refId: 'C',
      type: 'threshold',
      expression: 'B',
      conditions: [{ evaluator: { type: 'gt', params: [above] } }],
      datasource: EXPRESSION,
    },
  }
}

/** What was found, where, and what to do. */
function description(rule: AlertRule): string {
  const value = `{{ printf "${rule.what === 'count' ? '%.0f' : '%.4g'}" (index .Values "B").Value }}`
  const within = `in ${durationText(rule.withinMillis)}`
  const groups = rule.by.map((key) => `${'word' in key ? key.word : key.attribute} {{ index .Labels "${groupLabel(key)}" }}`) // prettier-ignore
  const found = {
    count: () => `${value} records ${within}`,
    share: () => `${value} % of the records ${within}`,
    average: () =>
      `${value}${rule.what === 'average' && 'metric' in rule.of ? ` ${rule.of.unit}` : ''} on average ${within}`,
  }[rule.what]()
  const limit = rule.what === 'share' ? `${rule.abovePercent} %` : String(rule.above)
  const where = groups.length === 0 ? '' : `, ${groups.join(', ')}`
  const advice = rule.advice === undefined ? '' : ` ${plainTemplate(rule.advice)}`
  return `${found} (the limit is ${limit})${where}.${advice}`
}
