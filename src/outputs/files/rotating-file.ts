import { AppendedFile, OWNER_ONLY, type Unwritten } from './appended-file.ts'
import { Backups, type BackupRules } from './backups.ts'

/** When a file is full, and what becomes of it then. */
export interface RotationRules extends BackupRules {
  /** 0 for a file that is never full. */
  readonly maxBytes: number
}

/**
 * For so long, or so many bytes, a process writes without looking whether the file is still there and how large others have made it. A backup is not compressed before this time is long
 * over: so no line goes to a file that somebody has read to its end.
 */
const UNSEEN_MILLIS = 100
const UNSEEN_PARTS = 16
const MAX_UNSEEN_BYTES = 1_048_576
/** After a failure. */
const ROTATE_AGAIN_MILLIS = 30_000

/** The file at a path, whatever becomes of it: it is made again when it was moved or removed, and moved away when it is full. Any number of processes may write to it. */
export class RotatingFile {
  readonly #path: string
  readonly #rules: RotationRules
  #backups: Backups
  readonly #untidy: (error: unknown) => void
  readonly #maxUnseenBytes: number
  #file: AppendedFile | undefined
  #mode = OWNER_ONLY
  #seenAt = 0
  #unseenBytes = 0
  #rotateAt = 0

  /** @param untidy hears what kept the file from being moved away, or backups from being compressed or removed */
  constructor(path: string, rules: RotationRules, untidy: (error: unknown) => void) {
    this.#path = path
    this.#rules = rules
    this.#untidy = untidy
    this.#backups = new Backups(path, rules, untidy)
    this.#maxUnseenBytes = rules.maxBytes === 0 ? MAX_UNSEEN_BYTES : rules.maxBytes / UNSEEN_PARTS
  }

  /**
   * Appends whole lines.
   * @returns what could not be written; undefined when all is
   */
  append(lines: Buffer): Unwritten | undefined {
    try {
      let file = this.#seen()
      if (this.#isFull(file, lines.length) && this.#moveAway(file, lines.length)) file = this.#open()
      this.#unseenBytes += lines.length
      return file.append(lines)
    } catch (error) {
      return { lines, error }
    }
  }

  #seen(): AppendedFile {
    const file = this.#file
    if (file === undefined) return this.#open()
    const now = performance.now()
    if (now - this.#seenAt < UNSEEN_MILLIS && this.#unseenBytes < this.#maxUnseenBytes) return file
    if (!file.isThere()) return this.#open()
    this.#seenAt = now
    this.#unseenBytes = 0
    return file
  }

  #open(): AppendedFile {
    this.close()
    const file = new AppendedFile(this.#path, this.#mode)
    this.#file = file
    if (file.realPath !== undefined) {
      this.#mode = file.mode
      this.#tend(file.realPath)
    }
    this.#seenAt = performance.now()
    this.#unseenBytes = 0
    return file
  }

  /** Backups lie beside the file itself, not beside a link to it. */
  #tend(realPath: string): void {
    if (realPath === this.#backups.path) return
    this.#backups.stop()
    this.#backups = new Backups(realPath, this.#rules, this.#untidy)
    this.#backups.tidySoon()
  }

  #isFull({ bytes, realPath }: AppendedFile, moreBytes: number): boolean {
    const { maxBytes } = this.#rules
    return maxBytes > 0 && bytes > 0 && bytes + moreBytes > maxBytes && realPath !== undefined
  }

  /** @returns whether the path leads to another file now, or to none */
  #moveAway(file: AppendedFile, moreBytes: number): boolean {
    if (performance.now() < this.#rotateAt) return false
    let isThere = true
    try {
      const isTaken = this.#backups.take(() => {
        isThere = file.isThere()
        return isThere && this.#isFull(file, moreBytes)
      })
      // Who has the lock moves it now.
      if (!isTaken) this.#unseenBytes = Infinity
      return isTaken || !isThere
    } catch (error) {
      this.#rotateAt = performance.now() + ROTATE_AGAIN_MILLIS
      this.#untidy(error)
      return false
    }
  }

  /** Compresses and removes what is due. Never rejects. */
  tidy(): Promise<void> {
    return this.#backups.tidy()
  }

  /** Whoever writes again opens it again. */
  close(): void {
    this.#file?.close()
    this.#file = undefined
  }

  /** Tidies up no more by itself. */
  stop(): void {
    this.#backups.stop()
  }
}
