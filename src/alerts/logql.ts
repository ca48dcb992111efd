import { FIELD_WORDS, type AlertRule, type GroupKey, type RecordMatch } from './alert-rule.ts'
import { durationText } from './duration.ts'
import { attributeLabel, groupLabel, INDEX_LABELS, wordLabel } from './labels.ts'
import { escapeRegex, labelMatcher, quote } from './query-text.ts'

/** A number as OTLP's attributes have it in text. */
const NUMBER = '[-+]?[0-9.]+([eE][-+]?[0-9]+)?'

/**
 * The groups that are above the limit of a rule, each with its value, as a metric query of LogQL; groups below `atLeast` are left out.
 * The limit stands in the query, since Grafana keeps a state for each group of an answer, and nearly all users are below it.
 * @throws TypeError for the average of a metric, which Loki does not have
 */
export function logqlOf(rule: AlertRule): string {
  const window = `[${durationText(rule.withinMillis)}]`
  const count = (records: string): string => `${sumBy(rule.by)}(count_over_time(${records} ${window}))`
  const enough = (records: string, atLeast: number): string =>
    atLeast > 1 ? ` and ${count(records)} >= ${atLeast}` : ''
  if (rule.what === 'count') return `${count(recordsQuery([rule.where]))} > ${rule.above}`
  if (rule.what === 'share') {
    const all = recordsQuery([rule.among])
    const some = recordsQuery([rule.among, rule.where])
    return `100 * ${count(some)} / ${count(all)} > ${rule.abovePercent}${enough(all, rule.atLeast)}`
  }
  if ('metric' in rule.of) throw new TypeError(`${rule.name} is the average of a metric, which Loki does not have`)
  const label = attributeLabel(rule.of.attribute)
  const numbers = `${recordsQuery([rule.where])} | ${label}=~${quote(NUMBER)}`
  const average = `avg_over_time(${numbers} | unwrap ${label} | __error__="" ${window}) by (${labelsOf(rule.by)})`
  return `${average} > ${rule.above}${enough(numbers, rule.atLeast)}`
}

/** A condition on one label. */
export interface LabelCondition {
  readonly label: string
  /** As LogQL has it: `user_id="u-1"`. */
  readonly text: string
}

/**
 * The records that fit all of these, as a log query of LogQL.
 * @param more conditions besides
 */
export function recordsQuery(matches: readonly RecordMatch[], more: readonly LabelCondition[] = []): string {
  const conditions = matches.flatMap(conditionsOf)
  const all = [...conditions, ...more]
  const indexed = all.filter(({ label }) => INDEX_LABELS.has(label)).map(({ text }) => text)
  const others = all.filter(({ label }) => !INDEX_LABELS.has(label)).map(({ text }) => ` | ${text}`)
  // A selector needs one matcher that does not fit the absent; every record has this label.
  const isSelective = conditions.some(({ label }) => INDEX_LABELS.has(label))
  const selector = isSelective ? indexed : ['service_name=~".+"', ...indexed]
  return `{${selector.join(', ')}}${matches.flatMap(lineFilters).join('')}${others.join('')}`
}

function conditionsOf(match: RecordMatch): LabelCondition[] {
  const { level, attributes = {} } = match
  const given = [
    ...FIELD_WORDS.map((word) => [wordLabel(word), match[word]] as const),
    ['level', level] as const,
    ...Object.entries(attributes).map(([name, patterns]) => [attributeLabel(name), patterns] as const),
  ]
  return given.flatMap(([label, patterns]) =>
    patterns === undefined ? [] : [{ label, text: labelMatcher(label, patterns) }],
  )
}

function lineFilters({ text }: RecordMatch): string[] {
  if (text === undefined) return []
  const [only = '', ...more] = text
  return [more.length === 0 ? ` |= ${quote(only)}` : ` |~ ${quote(text.map(escapeRegex).join('|'))}`]
}

function sumBy(by: readonly GroupKey[]): string {
  return by.length === 0 ? 'sum' : `sum by (${labelsOf(by)}) `
}

function labelsOf(by: readonly GroupKey[]): string {
  return by.map(groupLabel).join(', ')
}
