/** A file beside the log file that is a backup of it, or is to become one. */
export interface BackupFile {
  readonly name: string
  /** When the backup was made: of two, the later one has the greater stamp. */
  readonly stamp: string
  /** `plain` is to be compressed; `part` is what somebody compresses just now. */
  readonly kind: 'plain' | 'gzip' | 'part'
  /** Whose `part` it is. */
  readonly pid: number
}

const ENDING = /^\.(\d{8}T\d{9}Z)(\.gz)?(?:\.(\d+)\.part)?$/
const STAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/

/** What a file is to the log file of that name; undefined for any other. */
export function parseBackup(log: string, name: string): BackupFile | undefined {
  const match = name.startsWith(log) ? ENDING.exec(name.slice(log.length)) : null
  if (match === null) return undefined
  const [, stamp = '', gzip, pid] = match
  return { name, stamp, kind: pid !== undefined ? 'part' : gzip === undefined ? 'plain' : 'gzip', pid: Number(pid) }
}

/** The stamp of a new backup: the time, but later than those before it, also where the clock was set back. */
export function nextStamp(newest: string | undefined, nowMillis: number): string {
  const last = newest === undefined ? Number.NaN : Date.parse(newest.replace(STAMP, '$1-$2-$3T$4:$5:$6.$7Z'))
  return new Date(last >= nowMillis ? last + 1 : nowMillis).toISOString().replace(/[-:.]/g, '')
}
