import { dirname, join } from 'node:path'
import { componentMatcher, SEVERITY, type HeldRecord, type LogOutput } from '../../logging/index.ts'
import type { Encoding, LogRecordData } from '../../otlp/index.ts'
import { fileNameOf } from '../../values/index.ts'
import { rawJsonLine } from '../shared-lines.ts'
import { LineFile, type FileDropReason, type FileEvents } from './line-file.ts'
import type { RotationRules } from './rotating-file.ts'

/** Which files there are. */
export interface FileOutputSettings extends RotationRules {
  /** The main file; the others lie beside it. */
  readonly path: string
  /** Components, or patterns with `*`: what one of them says stands in a file of its own, too. */
  readonly modules: readonly string[]
}

/** What an output has written, and what not. */
export interface FileStatus {
  readonly path: string
  /** Lines that wait in memory until their file can be written. */
  readonly waiting: number
  /** Lines that were left out, by reason. */
  readonly dropped: Readonly<Record<FileDropReason, number>>
}

/** Where a record's line goes, and whether it may wait there. */
interface Targets {
  readonly files: readonly LineFile[]
  readonly urgent: boolean
}

const CHANNEL = 'clew.channel'
/** Names of components may be made from data: they must neither use up all descriptors nor the memory. */
const MAX_FILES = 64
const MAX_COMPONENTS = 4_096
const TIDY_MILLIS = 3_600_000
const TIDY_AFTER_MILLIS = 1_000
/** By the names of events, whoever emits them; all other security events come on the audit channel. */
const SECURITY_EVENTS: ReadonlySet<string> = new Set([
  'PERMISSION_DENIED',
  'UNAUTHENTICATED_ACCESS',
  'LOGIN_FAILED',
  'TOKEN_CREATED',
  'TOKEN_REVOKED',
  'SUSPICIOUS_ACTIVITY',
])

/** Records as JSON lines in files: all in the main one; ERROR and above in `error.log`, security events and the audit channel in `security.log`, chosen components in files of their own as well. */
export class FileOutput implements LogOutput {
  readonly name = 'file'
  readonly minimumSeverity = 0
  readonly #settings: FileOutputSettings
  readonly #line: (record: LogRecordData) => string
  readonly #events: FileEvents
  readonly #dropped: Record<FileDropReason, number> = { file_full: 0, file_unwritable: 0 }
  readonly #files = new Map<string, LineFile>()
  readonly #main: LineFile
  readonly #errors: LineFile
  readonly #security: LineFile
  readonly #isModule: readonly ((component: string) => boolean)[]
  readonly #usual = new Map<string, Targets>()
  readonly #timers: readonly NodeJS.Timeout[]

  constructor(settings: FileOutputSettings, encoding: Encoding, events: FileEvents) {
    this.#settings = settings
    this.#line = rawJsonLine(encoding)
    this.#events = { ...events, leftOut: (reason, lines) => this.#leaveOut(reason, lines, events) }
    this.#isModule = settings.modules.map(componentMatcher)
    const directory = dirname(settings.path)
    this.#main = this.#file(settings.path)
    this.#errors = this.#file(join(directory, 'error.log'))
    this.#security = this.#file(join(directory, 'security.log'))
    const tidy = (): void => this.#tidy()
    // First what an earlier process left behind.
    this.#timers = [setTimeout(tidy, TIDY_AFTER_MILLIS).unref(), setInterval(tidy, TIDY_MILLIS).unref()]
  }

  /** The file at a path: two writers of this process would not know of each other. */
  #file(path: string): LineFile {
    const known = this.#files.get(path)
    if (known !== undefined) return known
    const file = new LineFile(path, this.#settings, this.#events)
    this.#files.set(path, file)
    return file
  }

  #leaveOut(reason: FileDropReason, lines: number, events: FileEvents): void {
    this.#dropped[reason] += lines
    events.leftOut(reason, lines)
  }

  #tidy(): void {
    for (const file of this.#files.values()) void file.tidy()
  }

  emit(record: LogRecordData): void {
    write(this.#targets(record), this.#line(record), record.timeMillis)
  }

  /** Of audit records, which stand in two files. */
  keeps(): boolean {
    return !this.#security.fails || !this.#main.fails
  }

  hold(record: LogRecordData): HeldRecord {
    const targets = this.#targets(record)
    const line = this.#line(record)
    const { timeMillis } = record
    return { bytes: line.length, write: () => write(targets, line, timeMillis) }
  }

  #targets(record: LogRecordData): Targets {
    const usual = this.#usual.get(record.scope.name) ?? this.#addUsual(record.scope.name)
    const isError = record.severityNumber >= SEVERITY.ERROR
    const isSecurity = isSecurityRecord(record)
    if (!isError && !isSecurity) return usual
    const files = [...usual.files, ...(isError ? [this.#errors] : []), ...(isSecurity ? [this.#security] : [])]
    return { files: [...new Set(files)], urgent: true }
  }

  #addUsual(component: string): Targets {
    const own = this.#isModule.some((matches) => matches(component)) ? this.#moduleFile(component) : this.#main
    const usual = { files: own === this.#main ? [own] : [this.#main, own], urgent: false }
    if (this.#usual.size < MAX_COMPONENTS) this.#usual.set(component, usual)
    return usual
  }

  /** The main file where there are too many. */
  #moduleFile(component: string): LineFile {
    const path = join(dirname(this.#settings.path), `${fileNameOf(component)}.jsonl`)
    return this.#files.size < MAX_FILES || this.#files.has(path) ? this.#file(path) : this.#main
  }

  /** Writes what was gathered. */
  flush(): void {
    for (const file of this.#files.values()) file.flush()
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    for (const file of this.#files.values()) file.end()
    this.#events.ended()
  }

  /** Whether any file could ever be written. */
  get hasWritten(): boolean {
    return [...this.#files.values()].some((file) => file.hasWritten)
  }

  status(): FileStatus {
    const waiting = [...this.#files.values()].reduce((sum, file) => sum + file.waiting, 0)
    return { path: this.#settings.path, waiting, dropped: { ...this.#dropped } }
  }
}

function write({ files, urgent }: Targets, line: string, timeMillis: number): void {
  for (const file of files) file.write(line, timeMillis, urgent)
}

function isSecurityRecord({ audit, eventName, fields, bound, context }: LogRecordData): boolean {
  if (audit === true || (eventName !== undefined && SECURITY_EVENTS.has(eventName))) return true
  return (fields?.[CHANNEL] ?? bound?.fields[CHANNEL] ?? context?.fields[CHANNEL]) === 'audit'
}
