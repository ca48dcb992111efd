import { describeMistake, type SettingsMistake } from '../settings/index.ts'
import { readYaml } from '../settings/file/index.ts'
import { FIELD_WORDS, type AlertReceivers, type AlertRule, type Alerts, type GroupKey, type RecordMatch } from './alert-rule.ts' // prettier-ignore
import { ALERTS, type WrittenAlerts, type WrittenMatch, type WrittenRule } from './alerts-schema.ts'
import { parseDuration } from './duration.ts'
import { byOf, parsePercent } from './kind-mistakes.ts'
import { ruleMistakes } from './rule-mistakes.ts'

/** Says all mistakes in a file of alert rules at once: where, what was found, what is allowed. */
export class AlertsError extends Error {
  readonly mistakes: readonly SettingsMistake[]

  constructor(mistakes: readonly SettingsMistake[]) {
    super(`these alert rules can't be used:\n${mistakes.map((one) => `  ${describeMistake(one)}`).join('\n')}`)
    this.name = 'AlertsError'
    this.mistakes = mistakes
  }
}

/**
 * Reads a file of alert rules.
 * @param name what messages call the file
 * @throws AlertsError with all mistakes, each with its line and column
 */
export function readAlerts(text: string, name = 'alerts.yaml'): Alerts {
  const { value, mistakes } = readYaml(ALERTS, { name, text, page: 'docs/alerts.md' }, (given, shape) =>
    ruleMistakes(given as WrittenAlerts, shape),
  )
  if (mistakes.length > 0) throw new AlertsError(mistakes)
  const { rules = {}, notify = {} } = value as WrittenAlerts
  const { webhook, slack, email = [] } = notify
  const receivers: AlertReceivers = {
    ...(webhook === undefined ? undefined : { webhookVariable: variableIn(webhook) }),
    ...(slack === undefined ? undefined : { slackVariable: variableIn(slack) }),
    emails: [email].flat(),
  }
  return { rules: Object.entries(rules).map(([rule, written]) => ruleOf(rule, written)), notify: receivers }
}

function variableIn(reference: string): string {
  return reference.slice(2, -1)
}

/** A rule without mistakes, with its defaults. */
function ruleOf(name: string, written: WrittenRule): AlertRule {
  const { what, summary = '', advice, runbook, severity = 'warning', above = 0, atLeast = 1 } = written
  const common = {
    name,
    summary,
    ...(advice === undefined ? undefined : { advice }),
    ...(runbook === undefined ? undefined : { runbook }),
    severity,
    where: matchOf(written.where),
    by: byOf(written).map(groupKey),
    withinMillis: parseDuration(written.within ?? '') ?? 0,
    forMillis: parseDuration(written.for ?? '') ?? 0,
  }
  if (what === 'share')
    return { what, ...common, among: matchOf(written.among), abovePercent: parsePercent(above) ?? 0, atLeast }
  if (what !== 'average') return { what: 'count', ...common, above: Number(above) }
  const { metric, unit = '', attribute = '' } = written
  const of = metric === undefined ? { attribute } : { metric, unit }
  return { what, ...common, of, above: Number(above), atLeast }
}

function groupKey(key: string): GroupKey {
  const word = [...FIELD_WORDS, 'level' as const].find((one) => one === key)
  return word === undefined ? { attribute: key.slice('attributes.'.length) } : { word }
}

type WrittenValues = NonNullable<WrittenMatch['user']>

function matchOf(written: WrittenMatch | undefined): RecordMatch {
  const { level, text, attributes, ...words } = written ?? {}
  const texts = (values: WrittenValues): string[] => [values].flat().map(String)
  const mapped = (entries: Readonly<Record<string, WrittenValues | undefined>>): Record<string, string[]> =>
    Object.fromEntries(
      Object.entries(entries).flatMap(([key, values]) => (values === undefined ? [] : [[key, texts(values)]])),
    )
  return {
    ...mapped(words),
    ...(level === undefined ? undefined : { level: [level].flat() }),
    ...(text === undefined ? undefined : { text: [text].flat() }),
    ...(attributes === undefined ? undefined : { attributes: mapped(attributes) }),
  }
}
