import type { OptionMistake } from '../settings/file/index.ts'
import type { WrittenRule } from './alerts-schema.ts'
import { hasLabel } from './labels.ts'
import { isMetricUnit, METRIC_UNITS } from './promql.ts'

/** What names of attributes may be. */
export const ATTRIBUTE_ALLOWED =
  'the name of an attribute that Loki and Prometheus have a label for: letters, digits and single separators, and no name of a part of the record'

/** A mistake at a path below a rule. */
export function wrong(path: readonly string[], found: string, allowed: string): OptionMistake {
  return { path, found, allowed }
}

/** What a rule's groups are called in the file. */
export function byOf({ by }: WrittenRule): readonly string[] {
  return by === undefined ? [] : [by].flat()
}

/** What is wrong with a rule of this kind: with its limit, and with what is averaged; and what only other kinds have. */
export function kindMistakes(what: NonNullable<WrittenRule['what']>, rule: WrittenRule): OptionMistake[] {
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
