import type { AverageRule, GroupKey, RecordMatch } from './alert-rule.ts'
import { durationText } from './duration.ts'
import { attributeLabel, groupLabel } from './labels.ts'
import { labelMatcher, patternRegex, quote } from './query-text.ts'
import { isAny } from './pattern.ts'

/** The names of units in the names of Prometheus' metrics. */
const UNITS: Readonly<Record<string, string>> = {
  '1': '',
  ms: 'milliseconds',
  s: 'seconds',
  min: 'minutes',
  h: 'hours',
  d: 'days',
  By: 'bytes',
  '%': 'percent',
}

/** The units that are known, besides notes in braces such as `{message}`. */
export const METRIC_UNITS: readonly string[] = Object.keys(UNITS)

/** Whether the name that Prometheus gives to a metric of this unit is known. */
export function isMetricUnit(unit: string): boolean {
  return Object.hasOwn(UNITS, unit) || /^\{[\w .-]+\}$/.test(unit)
}

/** What Prometheus calls a histogram: `http.server.request.duration` in `s` is `http_server_request_duration_seconds`. */
export function prometheusName(metric: string, unit: string): string {
  const words = metric.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '')
  const suffix = UNITS[unit] ?? ''
  return (suffix === '' || words.includes(suffix) ? words : [...words, suffix]).join('_')
}

/** The average that a rule judges, by group, as PromQL; groups below `atLeast`, and those that measured nothing, are left out. */
export function promqlOf(
  rule: AverageRule,
  { metric, unit }: { readonly metric: string; readonly unit: string },
): string {
  const name = prometheusName(metric, unit)
  const window = `[${durationText(rule.withinMillis)}]`
  const sum = (over: string, part: string): string => {
    const series = `${over}(${name}_${part}${selectorOf(rule.where)}${window})`
    return `${sumBy(rule.by)}(${hasService(rule.by) ? withService(series) : series})`
  }
  const average = `${sum('rate', 'sum')} / ${sum('rate', 'count')}`
  return rule.atLeast > 1 ? `${average} and ${sum('increase', 'count')} >= ${rule.atLeast}` : average
}

function hasService(by: readonly GroupKey[]): boolean {
  return by.some((key) => 'word' in key && key.word === 'service')
}

/** A service is the label `job`, behind the namespace where it has one. */
function withService(series: string): string {
  return `label_replace(${series}, "service_name", ${quote('$1')}, "job", "(?:.*/)?(.*)")`
}

function selectorOf({ service, attributes = {} }: RecordMatch): string {
  const matchers = Object.entries(attributes).map(([name, patterns]) => labelMatcher(attributeLabel(name), patterns))
  if (service !== undefined) matchers.unshift(`job=~${quote(`(?:.*/)?(?:${service.map(regexOf).join('|')})`)}`)
  return matchers.length === 0 ? '' : `{${matchers.join(', ')}}`
}

/** A series without a job is of no service: `*` does not fit it. */
function regexOf(pattern: string): string {
  return isAny(pattern) ? '.+' : patternRegex(pattern)
}

function sumBy(by: readonly GroupKey[]): string {
  return by.length === 0 ? 'sum' : `sum by (${by.map(groupLabel).join(', ')}) `
}
