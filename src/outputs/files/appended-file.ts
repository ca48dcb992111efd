import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
  writeSync,
  type BigIntStats,
} from 'node:fs'
import { dirname } from 'node:path'

/** Does not wait for a reader where the path is a pipe. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK
const LINE_FEED = 10

/** Lines that could not be written, and why. */
export interface Unwritten {
  readonly lines: Buffer
  readonly error: unknown
}

/** Readable and writable by its owner only. */
export const OWNER_ONLY = 0o600

/**
 * A file that is open to append to: each write is whole, whoever else appends.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/functions/open.html (O_APPEND)
 */
export class AppendedFile {
  readonly path: string
  /** Where it is, behind symbolic links; undefined for what is no file, such as a pipe. */
  readonly realPath: string | undefined
  readonly mode: number
  readonly #descriptor: number
  readonly #device: bigint
  readonly #inode: bigint
  #bytes: number

  /**
   * Opens the file, or makes it, with the directories above it.
   * @param mode of a new file
   * @throws what the file system says
   */
  constructor(path: string, mode: number) {
    this.path = path
    this.#descriptor = openOrMake(path, mode)
    const stats = fstatSync(this.#descriptor, { bigint: true })
    this.#device = stats.dev
    this.#inode = stats.ino
    this.#bytes = Number(stats.size)
    this.mode = Number(stats.mode) & 0o777
    this.realPath = stats.isFile() ? realpathSync(path) : undefined
  }

  /** Its size when it was looked at, and what was appended here since. */
  get bytes(): number {
    return this.#bytes
  }

  /** Looks whether the path still leads here, and how large the file has become. */
  isThere(): boolean {
    const stats = statSync(this.path, { bigint: true, throwIfNoEntry: false })
    if (stats === undefined || !this.#is(stats)) return false
    this.#bytes = Number(stats.size)
    return true
  }

  #is({ dev, ino }: BigIntStats): boolean {
    return dev === this.#device && ino === this.#inode
  }

  /**
   * Appends lines in one write.
   * @returns what could not be written; undefined when all is
   */
  append(lines: Buffer): Unwritten | undefined {
    let written = 0
    try {
      // Once, unless the disk is full; the second write says so.
      while (written < lines.length) written += writeSync(this.#descriptor, lines, written)
      return undefined
    } catch (error) {
      return { lines: this.#unwritten(lines, written), error }
    } finally {
      this.#bytes += written
    }
  }

  /** The lines that are not written as a whole. */
  #unwritten(lines: Buffer, written: number): Buffer {
    const whole = written === 0 ? 0 : lines.lastIndexOf(LINE_FEED, written - 1) + 1
    const rest = lines.subarray(whole)
    if (written === whole || this.#withdraw(lines.subarray(whole, written))) return rest
    return Buffer.concat([Buffer.of(LINE_FEED), rest])
  }

  /** Takes the piece of a line from the end of the file: what comes next, from another process too, begins a line. */
  #withdraw(piece: Buffer): boolean {
    try {
      const descriptor = openSync(this.path, 'r+')
      try {
        const stats = fstatSync(descriptor, { bigint: true })
        const start = Number(stats.size) - piece.length
        const end = Buffer.alloc(piece.length)
        readSync(descriptor, end, 0, end.length, start)
        if (!this.#is(stats) || !end.equals(piece)) return false
        ftruncateSync(descriptor, start)
        return true
      } finally {
        closeSync(descriptor)
      }
    } catch {
      return false
    }
  }

  /** Never throws. */
  close(): void {
    try {
      closeSync(this.#descriptor)
    } catch {
      // What was written is written.
    }
  }
}

function openOrMake(path: string, mode: number): number {
  try {
    return openSync(path, FLAGS, mode)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return openSync(path, FLAGS, mode)
  }
}
