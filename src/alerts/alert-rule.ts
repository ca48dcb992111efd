import type { LevelName } from '../logging/index.ts'

/** What has a word of its own in rules, besides `attributes.<name>`. */
export const FIELD_WORDS = [
  'service',
  'namespace',
  'environment',
  'channel',
  'component',
  'event',
  'user',
  'tenant',
  'session',
  'request',
] as const
export type FieldWord = (typeof FIELD_WORDS)[number]

/**
 * Which records; every condition given must hold, and one on what a record lacks never holds. Of several values one must fit. Values are patterns: `*` stands for any characters, `*` alone for any value at all; `\*` and `\\` are
 * the characters themselves. Case counts.
 */
export type RecordMatch = {
  readonly [word in FieldWord]?: readonly string[]
} & {
  readonly level?: readonly LevelName[]
  /** Parts of the message or of the stack trace, as they are: no patterns. */
  readonly text?: readonly string[]
  /** By the attribute's full name. Numbers and booleans are compared as text. */
  readonly attributes?: Readonly<Record<string, readonly string[]>>
}

/** What makes a group: a word, `level`, or an attribute by its name. A record without it is in the group of those without. */
export type GroupKey = { readonly word: FieldWord | 'level' } | { readonly attribute: string }

/** How grave it is. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const
export type AlertSeverity = (typeof SEVERITIES)[number]

interface RuleBase {
  /** The key in the file: lower case letters, digits and hyphens. */
  readonly name: string
  /** What is wrong when it fires. */
  readonly summary: string
  /** What to do then. */
  readonly advice?: string
  /** A page that says more: http or https. */
  readonly runbook?: string
  readonly severity: AlertSeverity
  /** Which; of an average of a metric, only `service` and `attributes`. */
  readonly where: RecordMatch
  /** Each group is judged, and fires, by itself; none: all together. */
  readonly by: readonly GroupKey[]
  /** The time that is looked at, up to now. */
  readonly withinMillis: number
  /** How long it has to hold before it fires; 0: at once. */
  readonly forMillis: number
}

/** Fires when there are more than so many records. */
export interface CountRule extends RuleBase {
  readonly what: 'count'
  readonly above: number
}

/** Fires when more than so many percent of the records of `among` are also of `where`. */
export interface ShareRule extends RuleBase {
  readonly what: 'share'
  readonly among: RecordMatch
  readonly abovePercent: number
  /** With fewer records in `among` it does not fire. */
  readonly atLeast: number
}

/** Fires when the average of a number is higher: of an attribute of records, or of what a histogram metric measured. */
export interface AverageRule extends RuleBase {
  readonly what: 'average'
  readonly of: { readonly attribute: string } | { readonly metric: string; readonly unit: string }
  /** In the unit of what is averaged. */
  readonly above: number
  /** With fewer numbers it does not fire. */
  readonly atLeast: number
}

/** When to raise an alarm. */
export type AlertRule = CountRule | ShareRule | AverageRule

/** Who is told; nobody where nothing is given. URLs are those of variables, since they are secrets. */
export interface AlertReceivers {
  /** The variable with the URL that gets a POST. */
  readonly webhookVariable?: string
  /** The variable with the URL of an incoming webhook of Slack. */
  readonly slackVariable?: string
  readonly emails: readonly string[]
}

/** A file of rules. */
export interface Alerts {
  /** In the order of the file. */
  readonly rules: readonly AlertRule[]
  readonly notify: AlertReceivers
}
