import { closeSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { OWNER_ONLY } from './appended-file.ts'
import { nextStamp, parseBackup, type BackupFile } from './backup-name.ts'
import { isAlive } from './is-alive.ts'
import { whileLocked } from './rotation-lock.ts'

/** How many backups are kept, and for how long. */
export interface BackupRules {
  readonly backupCount: number
  readonly retentionMillis: number
}

/** Whoever had the file open when it was moved has noticed after this time: its right to write to it without looking is shorter. */
const GRACE_MILLIS = 3_000
/** Who made a backup compresses it; others take it for left over after this time. */
const LEFT_OVER_MILLIS = 10_000
/** A `part` that nobody has written to for so long is left over. */
const STALE_MILLIS = 60_000

/** The backups of one log file: `<file>.<stamp>`, and `.gz` once they are compressed. Any number of processes may tend them. */
export class Backups {
  readonly path: string
  readonly #directory: string
  readonly #log: string
  readonly #rules: BackupRules
  readonly #failed: (error: unknown) => void
  /** When plain backups are to be compressed, by a clock that can't be set. */
  #dueAt = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #tidying = false

  /**
   * @param path of the log file, without symbolic links
   * @param failed hears what kept backups from being compressed or removed
   */
  constructor(path: string, rules: BackupRules, failed: (error: unknown) => void) {
    this.path = path
    this.#directory = dirname(path)
    this.#log = basename(path)
    this.#rules = rules
    this.#failed = failed
  }

  /**
   * Makes a backup of the log file by giving it another name.
   * @param isDue is asked at the last moment: another process may have been faster
   * @returns false when another process does it, or has done it
   * @throws what the file system says
   */
  take(isDue: () => boolean): boolean {
    const taken = whileLocked(`${this.path}.lock`, () => {
      if (!isDue()) return false
      renameSync(this.path, this.#reserve())
      return true
    })
    if (taken !== true) return false
    this.#removeSurplus(this.#parse(readdirSync(this.#directory)))
    this.tidySoon()
    return true
  }

  /** A name that nobody else has: its file is there, and empty. */
  #reserve(): string {
    const newest = this.#parse(readdirSync(this.#directory)).at(-1)?.stamp
    const stamp = nextStamp(newest, Date.now())
    const path = `${this.path}.${stamp}`
    closeSync(openSync(path, 'wx', OWNER_ONLY))
    this.#dueAt.set(stamp, performance.now() + GRACE_MILLIS)
    return path
  }

  /** Oldest first. */
  #parse(names: readonly string[]): BackupFile[] {
    return names
      .flatMap((name) => parseBackup(this.#log, name) ?? [])
      .toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
  }

  /** @returns those that stay */
  #removeSurplus(files: readonly BackupFile[]): readonly BackupFile[] {
    const stamps = [...new Set(files.filter(({ kind }) => kind !== 'part').map(({ stamp }) => stamp))]
    const surplus = new Set(stamps.slice(0, -this.#rules.backupCount))
    for (const { name, stamp, kind } of files) {
      if (kind !== 'part' && surplus.has(stamp)) this.#attempt(() => rmSync(this.#pathOf(name), { force: true }))
    }
    return files.filter(({ stamp }) => !surplus.has(stamp))
  }

  #attempt(fn: () => void): void {
    try {
      fn()
    } catch (error) {
      this.#failed(error)
    }
  }

  #pathOf(name: string): string {
    return join(this.#directory, name)
  }

  /** Tidies up in a moment, if the process is there then. */
  tidySoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.tidy()
    }, GRACE_MILLIS).unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Compresses what is plain, also what a process left that died, and removes what is too old or too much. Never rejects. */
  async tidy(): Promise<void> {
    if (this.#tidying) return
    this.#tidying = true
    await this.#carefully(async () => {
      const files = this.#removeSurplus(this.#parse(await readdir(this.#directory)))
      for (const file of files) await this.#carefully(() => this.#tidyOne(file, files))
      this.#forgetOthers(files)
    })
    this.#tidying = false
  }

  /** Other processes tidy up, too: what one of them has removed, or begun, is no failure. */
  async #carefully(fn: () => Promise<void>): Promise<void> {
    try {
      await fn()
    } catch (error) {
      if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) this.#failed(error)
    }
  }

  async #tidyOne({ name, stamp, kind, pid }: BackupFile, files: readonly BackupFile[]): Promise<void> {
    const path = this.#pathOf(name)
    const others = files.filter((file) => file.stamp === stamp).map((file) => file.kind)
    if (kind === 'part') {
      if (await isLeftOver(path, pid)) await rm(path, { force: true })
      this.tidySoon()
    } else if (await this.#isExpired(path)) await rm(path, { force: true })
    else if (kind === 'plain' && !others.includes('part')) {
      if (others.includes('gzip')) await rm(path, { force: true })
      else await this.#compress(path, stamp)
    }
  }

  /** By the time of the last line. What comes from the future stays, and a clock that is set while the process runs removes nothing. */
  async #isExpired(path: string): Promise<boolean> {
    const now = Math.min(Date.now(), performance.timeOrigin + performance.now())
    return now - (await stat(path)).mtimeMs > this.#rules.retentionMillis
  }

  async #compress(path: string, stamp: string): Promise<void> {
    const dueAt = this.#dueAt.get(stamp) ?? performance.now() + LEFT_OVER_MILLIS
    this.#dueAt.set(stamp, dueAt)
    if (performance.now() < dueAt) return this.tidySoon()
    // Reserved by a process that died before it moved the log file here.
    if ((await stat(path)).size === 0) return rm(path, { force: true })
    const { compressBackup } = await import('./compress-backup.ts')
    if (await compressBackup(path)) return
    this.#dueAt.set(stamp, performance.now() + GRACE_MILLIS)
    this.tidySoon()
  }

  #forgetOthers(files: readonly BackupFile[]): void {
    const stamps = new Set(files.map(({ stamp }) => stamp))
    this.#dueAt = new Map([...this.#dueAt].filter(([stamp]) => stamps.has(stamp)))
  }
}

/** Whether nobody is at it any more. Where it looks so and is not, that process finds its file gone, and the backup is compressed once more. */
async function isLeftOver(path: string, pid: number): Promise<boolean> {
  const { mtimeMs } = await stat(path)
  return Math.abs(Date.now() - mtimeMs) > STALE_MILLIS || (pid !== process.pid && !isAlive(pid))
}
