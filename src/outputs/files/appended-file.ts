import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  statSync,
  writeSync,
  type BigIntStats,
} from 'node:fs'
import { dirname } from 'node:path'
import { removeHalfLine } from './half-line.ts'

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
  /** Where it is, behind symbolic links; undefined for what is no file, such as a pipe, and for what another process has moved away just now. */
  readonly realPath: string | undefined
  readonly mode: number
  readonly #descriptor: number
  readonly #device: bigint
  readonly #inode: bigint
  #bytes: number
  #beginsLine = true

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
    this.realPath = stats.isFile() ? realPathOf(path) : undefined
    if (stats.isFile() && this.#bytes > 0) this.#beginsLine = removeHalfLine(path)
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
      if (!this.#beginsLine) this.#bytes += writeSync(this.#descriptor, '\n')
      this.#beginsLine = true
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
    if (written === 0) return lines
    this.#beginsLine = removeHalfLine(this.path)
    return lines.subarray(lines.lastIndexOf(LINE_FEED, written - 1) + 1)
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

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
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
