import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A value of OTLP's JSON form. */
export interface AnyValue {
  readonly stringValue?: string
  readonly intValue?: string | number
  readonly boolValue?: boolean
  readonly arrayValue?: { readonly values?: readonly AnyValue[] }
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] }
}

/** One attribute. */
export interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}

/** What the tests read of a record in one of the files of log records. */
export interface FileRecord {
  readonly timeUnixNano?: string
  readonly observedTimeUnixNano?: string
  readonly severityNumber?: number
  readonly severityText?: string
  readonly body?: AnyValue
  readonly attributes?: readonly KeyValue[]
  readonly traceId?: string
  readonly spanId?: string
}

/** What the tests read of a span in `traces.jsonl`. */
export interface FileSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
}

interface Line {
  readonly resourceLogs?: readonly { readonly scopeLogs: readonly { readonly logRecords: readonly FileRecord[] }[] }[]
  readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: readonly FileSpan[] }[] }[]
}

/** How long the collector keeps a record goes by its class; each has a file of its own. */
export const RETENTION_CLASSES = ['audit', 'error', 'warning', 'info', 'debug'] as const

/** One of them. */
export type RetentionClass = (typeof RETENTION_CLASSES)[number]

/** All log records of these classes in the collector's files, each file in order; none while there is no such file. */
export function recordsIn(dataDir: string, ...classes: readonly RetentionClass[]): FileRecord[] {
  const files = (classes.length === 0 ? RETENTION_CLASSES : classes).map((name) => join(dataDir, `logs-${name}.jsonl`))
  const resources = files.flatMap(linesOf).flatMap((line) => line.resourceLogs ?? [])
  return resources.flatMap((resource) => resource.scopeLogs).flatMap((scope) => scope.logRecords)
}

/** All spans in the collector's `traces.jsonl`. */
export function spansIn(dataDir: string): FileSpan[] {
  const resources = linesOf(join(dataDir, 'traces.jsonl')).flatMap((line) => line.resourceSpans ?? [])
  return resources.flatMap((resource) => resource.scopeSpans).flatMap((scope) => scope.spans)
}

/** One attribute of a record as text, or `undefined`. */
export function attribute(record: FileRecord, key: string): string | undefined {
  return record.attributes?.find((each) => each.key === key)?.value.stringValue
}

/** The text of every file the collector wrote, its queues included. */
export function everythingIn(dataDir: string): string {
  const entries = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return entries.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n')
}

/** Only whole lines: the last one may be half written. */
function linesOf(path: string): Line[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Line)
}
