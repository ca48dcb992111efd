import * as v from 'valibot'

/** The settings of the stack, complete. In a file (`stack/settings.yaml`) each of them may be left out. */
export interface StackSettings {
  /** How long data is kept, in each place that keeps it: days, weeks or years, such as 30d, 26w or 1y. */
  readonly retention: RetentionSettings
  /** The collector's own files. */
  readonly files: FilesSettings
  /** Which traces Tempo keeps. Those with an error are always kept. */
  readonly traces: TraceSettings
  /** What the collector may take. */
  readonly collector: CollectorSettings
}

/** One duration for each class of records, and for the other signals. */
export interface RetentionSettings {
  /** Records of the audit channel, whatever their level. */
  readonly audit: string
  /** ERROR and CRITICAL. */
  readonly error: string
  /** WARNING. */
  readonly warning: string
  /** INFO, and records that say no level. LOG_RETENTION_DAYS, where it is set, wins. */
  readonly info: string
  /** DEBUG and TRACE. */
  readonly debug: string
  /** Traces, in Tempo and in files. */
  readonly traces: string
  /** Metrics, in Prometheus and in files. */
  readonly metrics: string
}

/** How the collector's files rotate. */
export interface FilesSettings {
  /** A file is put aside when it has so many megabytes (of 1,048,576 bytes); 100 or more, since a request that is larger than a file is refused. */
  readonly maxMegabytes: number
  /** How many files that were put aside are kept at most, however young; 0 for no such limit. */
  readonly maxBackups: BackupSettings
}

/** One number for each kind of file. */
export interface BackupSettings {
  /** Of logs-audit.jsonl. */
  readonly audit: number
  /** Of logs-error.jsonl. */
  readonly error: number
  /** Of logs-warning.jsonl. */
  readonly warning: number
  /** Of logs-info.jsonl. */
  readonly info: number
  /** Of logs-debug.jsonl. */
  readonly debug: number
  /** Of traces.jsonl. */
  readonly traces: number
  /** Of metrics.jsonl. */
  readonly metrics: number
}

/** Tail sampling. */
export interface TraceSettings {
  /** How many of a hundred traces are kept that are neither slow nor have an error. */
  readonly keepPercent: number
  /** A trace is slow, and kept, from so many milliseconds on. */
  readonly slowMillis: number
}

/** The collector's limits. */
export interface CollectorSettings {
  /** The longest queue on disk for each destination that is down, in megabytes (of 1,048,576 bytes). */
  readonly queueMegabytes: number
  /** Above so many megabytes of memory the collector tells senders to try later. */
  readonly memoryMegabytes: number
}

/** What has a retention of its own. */
export type Kept = keyof RetentionSettings

const DURATION_ALLOWED = 'days, weeks or years, such as 30d, 26w or 1y'
const DURATION = /^(?:[1-9]\d{0,4}d|[1-9]\d{0,3}w|[1-9]\d?y)$/
/** Less is taken by the collector itself. */
const MIN_MEMORY = 64
/** The receiver takes 20 MiB, which as JSON can be four times as much; what is larger than a file is refused. */
const MIN_FILE = 100

const duration = (about: string) =>
  v.optional(v.pipe(v.string(DURATION_ALLOWED), v.regex(DURATION, DURATION_ALLOWED), v.description(about)))
const whole = (about: string, least: number, most = 1_000_000) => {
  const allowed = `a whole number from ${least} to ${most}`
  return v.optional(
    v.pipe(
      v.number(allowed),
      v.integer(allowed),
      v.minValue(least, allowed),
      v.maxValue(most, allowed),
      v.description(about),
    ),
  )
}
const percent = (about: string) => {
  const allowed = 'a number from 0 to 100'
  return v.optional(v.pipe(v.number(allowed), v.minValue(0, allowed), v.maxValue(100, allowed), v.description(about)))
}
const group = <T extends v.ObjectEntries>(about: string, entries: T) =>
  v.optional(v.pipe(v.strictObject(entries, `an object of ${Object.keys(entries).join(', ')}`), v.description(about)))
const backups = (file: string) => whole(`Of ${file}; 0 for no limit but the time.`, 0)

const GROUPS = {
  retention: group(`How long data is kept: ${DURATION_ALLOWED}.`, {
    audit: duration('Records of the audit channel, whatever their level.'),
    error: duration('ERROR and CRITICAL.'),
    warning: duration('WARNING.'),
    info: duration('INFO, and records that say no level. LOG_RETENTION_DAYS, where it is set, wins.'),
    debug: duration('DEBUG and TRACE.'),
    traces: duration('Traces, in Tempo and in files.'),
    metrics: duration('Metrics, in Prometheus and in files.'),
  }),
  files: group('How the files of the collector rotate.', {
    maxMegabytes: whole('A file is put aside when it has so many megabytes (of 1,048,576 bytes).', MIN_FILE),
    maxBackups: group('How many files that were put aside are kept at most, however young.', {
      audit: backups('logs-audit.jsonl'),
      error: backups('logs-error.jsonl'),
      warning: backups('logs-warning.jsonl'),
      info: backups('logs-info.jsonl'),
      debug: backups('logs-debug.jsonl'),
      traces: backups('traces.jsonl'),
      metrics: backups('metrics.jsonl'),
    }),
  }),
  traces: group('Which traces Tempo keeps, beside those with an error.', {
    keepPercent: percent('Of a hundred traces that are neither slow nor have an error.'),
    slowMillis: whole('A trace is slow, and kept, from so many milliseconds on.', 1),
  }),
  collector: group('What the collector may take.', {
    queueMegabytes: whole('On disk, for the queue of each destination that is down (of 1,048,576 bytes).', 1),
    memoryMegabytes: whole('Of memory; above it senders are told to try later.', MIN_MEMORY),
  }),
}

/** What may stand in a file of settings. */
export const STACK_SETTINGS = v.strictObject(GROUPS, `an object of ${Object.keys(GROUPS).join(', ')}`)

const DAYS_IN: Readonly<Record<string, number>> = { d: 1, w: 7, y: 365 }

/** The days of a duration such as `26w`. */
export function daysOf(text: string): number {
  return Number(text.slice(0, -1)) * (DAYS_IN[text.slice(-1)] as number)
}
