import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Signal } from '../spool/index.ts'

const MAX_FILE_BYTES = 4 * 1024 * 1024

/** What a receiver refused for good. */
export interface DeadLetter {
  readonly signal: Signal
  /** An export request with nothing else in it. */
  readonly body: Uint8Array
  readonly entries: number
  /** What the receiver said. */
  readonly reason: string
}

/**
 * Keeps what a receiver refused for good, beside the spool: files of lines, each an export request in OTLP's JSON encoding that can be sent again, with the reason, the time and
 * the number of entries under `clew`. Mode 0600. When all of them together grow beyond their bound, the oldest file goes.
 */
export class DeadLetters {
  readonly #directory: string
  readonly #maxBytes: number
  readonly #removed: (file: string, entries: number) => void
  #file: string | undefined

  /** @param removed hears which file had to go, and how many entries were in it */
  constructor(directory: string, maxBytes: number, removed: (file: string, entries: number) => void) {
    this.#directory = directory
    this.#maxBytes = maxBytes
    this.#removed = removed
  }

  /**
   * Writes a letter down.
   * @returns the file; undefined when it could not be written
   */
  async keep(letter: DeadLetter): Promise<string | undefined> {
    const line = await toLine(letter)
    try {
      const file = this.#fileFor()
      appendFileSync(file, line, { mode: 0o600 })
      this.#limit()
      return file
    } catch {
      // Half a line may stand at its end now.
      this.#file = undefined
      return undefined
    }
  }

  #fileFor(): string {
    if (this.#file !== undefined && sizeOf(this.#file) < MAX_FILE_BYTES) return this.#file
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 })
    const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
    this.#file = join(this.#directory, `dead-letter-${time}-${randomBytes(4).toString('hex')}.jsonl`)
    return this.#file
  }

  #limit(): void {
    const files = readdirSync(this.#directory)
      .filter(isDeadLetter)
      .map((file) => ({ path: join(this.#directory, file), bytes: sizeOf(join(this.#directory, file)) }))
      .sort((a, b) => a.path.localeCompare(b.path))
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0)
    for (const { path, bytes } of files) {
      if (total <= this.#maxBytes) return
      if (path === this.#file) continue
      total -= bytes
      this.#remove(path)
    }
  }

  #remove(path: string): void {
    const entries = countEntries(path)
    // Throws when another process was faster, which counts them then.
    unlinkSync(path)
    this.#removed(path, entries)
  }
}

/** Entries in all dead letters of a directory. */
export function countDeadLetters(directory: string): number {
  const files = readdirSync(directory).filter(isDeadLetter)
  return files.reduce((total, file) => total + countEntries(join(directory, file)), 0)
}

function isDeadLetter(file: string): boolean {
  return /^dead-letter-.*\.jsonl$/.test(file)
}

async function toLine({ signal, body, entries, reason }: DeadLetter): Promise<string> {
  const about = { entries, reason, time: new Date().toISOString() }
  try {
    // Only loaded when something was refused.
    const { requestJson } = await import('../otlp/request-json.ts')
    return `{"clew":${JSON.stringify(about)},${requestJson(signal, body).slice(1)}\n`
  } catch {
    return `${JSON.stringify({ clew: { ...about, request: Buffer.from(body).toString('base64') } })}\n`
  }
}

function countEntries(path: string): number {
  let entries = 0
  for (const [, count] of readFileSync(path, 'utf8').matchAll(/^\{"clew":\{"entries":(\d+)/gm)) entries += Number(count)
  return entries
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
