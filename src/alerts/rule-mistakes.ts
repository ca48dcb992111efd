import { nearest, type OptionMistake } from '../settings/file/index.ts'
import { FIELD_WORDS } from './alert-rule.ts'
import type { WrittenAlerts, WrittenMatch, WrittenRule } from './alerts-schema.ts'
import { parseDuration } from './duration.ts'
import { hasLabel } from './labels.ts'
import { isMetricUnit, METRIC_UNITS } from './promql.ts'

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
/** Grafana's ids have 40 characters, of which `clew-` takes five. */
const MAX_NAME_LENGTH = 35
const MIN_WITHIN_MILLIS = 60_000
const MAX_WITHIN_MILLIS = 7 * 86_400_000
const ATTRIBUTE_ALLOWED =
  'the name of an attribute that Loki and Prometheus have a label for: letters, digits and single separators, and no name of a part of the record'
const WORDS = [...FIELD_WORDS, 'level']

/**
 * What is wrong with rules besides their shape. Whatever passes can be said in LogQL or PromQL.
 * @param shape what is wrong with their shape: such rules are not looked at
 */
export function ruleMistakes({ rules = {} }: WrittenAlerts, shape: readonly OptionMistake[]): OptionMistake[] {
  if (shape.some(({ path }) => path.length === 0 || (path[0] === 'rules' && path.length === 1))) return []
  const misshapen = new Set(shape.map(({ path }) => (path[0] === 'rules' ? path[1] : undefined)))
  return Object.entries(rules)
    .filter(([name]) => !misshapen.has(name))
    .flatMap(([name, rule]) =>
      [...nameMistakes(name), ...mistakesOf(rule)].map((one) => ({ ...one, path: ['rules', name, ...one.path] })),
    )
}

function wrong(path: readonly string[], found: string, allowed: string): OptionMistake {
  return { path, found, allowed }
}

function nameMistakes(name: string): OptionMistake[] {
  if (NAME.test(name) && name.length <= MAX_NAME_LENGTH) return []
  const allowed = `lower case letters, digits and hyphens between, ${MAX_NAME_LENGTH} at most`
  return [wrong([], `the name ${JSON.stringify(name)}`, allowed)]
}

function mistakesOf(rule: WrittenRule): OptionMistake[] {
  const { what, summary, above, within } = rule
  const missing = (key: string, allowed: string): OptionMistake => wrong([key], 'nothing', allowed)
  return [
    ...(summary === undefined ? [missing('summary', 'a text')] : []),
    ...(what === undefined ? [missing('what', 'count, share or average')] : whatMistakes(what, rule)),
    ...(above === undefined ? [missing('above', 'a number; for a share a text such as 5%')] : []),
    ...(within === undefined ? [missing('within', 'a time such as 5m')] : withinMistakes(within)),
    ...matchMistakes('where', rule.where),
    ...matchMistakes('among', rule.among),
    ...byMistakes(rule),
  ]
}

function withinMistakes(within: string): OptionMistake[] {
  const millis = parseDuration(within) ?? 0
  return millis >= MIN_WITHIN_MILLIS && millis <= MAX_WITHIN_MILLIS ? [] : [wrong(['within'], within, '1m to 7d: it is looked at once a minute')] // prettier-ignore
}

function whatMistakes(what: 'count' | 'share' | 'average', rule: WrittenRule): OptionMistake[] {
  const { above, atLeast, where, metric, attribute, unit } = rule
  const only = (key: 'among' | 'attribute' | 'metric' | 'unit' | 'atLeast', allowed: string): OptionMistake[] =>
    rule[key] === undefined ? [] : [wrong([key], `it in a rule of ${what}`, allowed)]
  const whole = atLeast === undefined || (Number.isInteger(atLeast) && atLeast >= 1)
  const common = whole ? [] : [wrong(['atLeast'], String(atLeast), 'a whole number, 1 or more')]
  const ofAverage = what === 'average' ? [] : (['attribute', 'metric', 'unit'] as const).flatMap((key) => only(key, 'in rules of average only')) // prettier-ignore
  const ofShare = what === 'share' ? [] : only('among', 'in rules of share only')
  if (what === 'count') {
    const isCount = above === undefined || (typeof above === 'number' && Number.isInteger(above) && above >= 0)
    const number = isCount ? [] : [wrong(['above'], JSON.stringify(above), 'a whole number of records, 0 or more')]
    return [...ofAverage, ...ofShare, ...only('atLeast', 'in rules of share and average only'), ...number]
  }
  if (what === 'share') {
    const isShare = above === undefined || parsePercent(above) !== undefined
    const number = isShare ? [] : [wrong(['above'], JSON.stringify(above), 'percent from 0% to less than 100%, such as 5%')] // prettier-ignore
    const some = where === undefined ? [wrong(['where'], 'nothing', 'the records whose share it is')] : []
    return [...common, ...ofAverage, ...number, ...some]
  }
  const isNumber = above === undefined || Number.isFinite(above)
  const number = isNumber ? [] : [wrong(['above'], JSON.stringify(above), 'a number, in the unit of what is averaged')]
  const isOne = (metric === undefined) !== (attribute === undefined)
  const one = isOne ? [] : [wrong([metric === undefined ? 'attribute' : 'metric'], metric === undefined ? 'nothing' : 'it beside attribute', 'either an attribute of records, or a metric and its unit')] // prettier-ignore
  const named = attribute !== undefined && !hasLabel(attribute) ? [wrong(['attribute'], JSON.stringify(attribute), ATTRIBUTE_ALLOWED)] : [] // prettier-ignore
  return [...common, ...ofShare, ...number, ...one, ...named, ...metricMistakes(metric, unit, rule)]
}

/** The number of a percentage that a share can be above of; undefined for anything else. */
export function parsePercent(above: number | string): number | undefined {
  const percent = typeof above === 'string' ? /^(\d{1,2}(?:\.\d{1,6})?) ?%$/.exec(above)?.[1] : undefined
  return percent === undefined ? undefined : Number(percent)
}

function metricMistakes(metric: string | undefined, unit: string | undefined, rule: WrittenRule): OptionMistake[] {
  const units = `${METRIC_UNITS.join(', ')} or a note such as {message}`
  if (metric === undefined)
    return unit === undefined ? [] : [wrong(['unit'], 'it without a metric', 'beside a metric only')]
  const isName = /^[a-zA-Z][a-zA-Z0-9]*(?:[._/-][a-zA-Z0-9]+)*$/.test(metric)
  const isUnit = unit !== undefined && isMetricUnit(unit)
  const others = Object.keys(rule.where ?? {}).filter((key) => key !== 'service' && key !== 'attributes')
  const groups = byOf(rule).filter((key) => key !== 'service' && !key.startsWith('attributes.'))
  return [
    ...(isName ? [] : [wrong(['metric'], JSON.stringify(metric), "a metric's name such as http.server.request.duration")]), // prettier-ignore
    ...(isUnit ? [] : [wrong(['unit'], unit === undefined ? 'nothing' : JSON.stringify(unit), units)]),
    ...others.map((key) => wrong(['where', key], 'it in a rule of a metric', 'service and attributes: a metric has no more')), // prettier-ignore
    ...groups.map((key) => wrong(['by'], `${JSON.stringify(key)} in a rule of a metric`, 'service and attributes.<name>: a metric has no more')), // prettier-ignore
  ]
}

function matchMistakes(key: 'where' | 'among', match: WrittenMatch | undefined): OptionMistake[] {
  const { attributes = {}, channel } = match ?? {}
  const channels = [channel ?? []].flat().filter((one) => one !== 'app' && one !== 'audit' && one !== '*')
  return [
    ...Object.keys(attributes)
      .filter((name) => !hasLabel(name))
      .map((name) => wrong([key, 'attributes', name], `the name ${JSON.stringify(name)}`, ATTRIBUTE_ALLOWED)),
    ...channels.map((one) => wrong([key, 'channel'], JSON.stringify(one), 'app or audit')),
  ]
}

/** What a rule's groups are called in the file. */
export function byOf({ by }: WrittenRule): readonly string[] {
  return by === undefined ? [] : [by].flat()
}

function byMistakes(rule: WrittenRule): OptionMistake[] {
  const keys = byOf(rule)
  return keys.flatMap((key, index): OptionMistake[] => {
    const path = typeof rule.by === 'string' ? ['by'] : ['by', String(index)]
    if (keys.indexOf(key) < index) return [wrong(path, `${JSON.stringify(key)} again`, 'each once')]
    if (WORDS.includes(key)) return []
    const attribute = /^attributes\.(.+)$/.exec(key)?.[1]
    if (attribute !== undefined) return hasLabel(attribute) ? [] : [wrong(path, JSON.stringify(key), ATTRIBUTE_ALLOWED)]
    const meant = nearest(key, WORDS)
    const mistake = wrong(path, JSON.stringify(key), `${WORDS.join(', ')} or attributes.<name>`)
    return [meant === undefined ? mistake : { ...mistake, nearest: JSON.stringify(meant) }]
  })
}
