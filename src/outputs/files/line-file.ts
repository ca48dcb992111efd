import { LineBurst } from '../line-burst.ts'
import { visibleJson } from '../visible-text.ts'
import { RotatingFile, type RotationRules } from './rotating-file.ts'

/** Why lines were left out: there is no room for the file, or it can't be written at all. */
export type FileDropReason = 'file_full' | 'file_unwritable'

/** What a file has to say. */
export interface FileEvents {
  /** It can't be written now; said once for each time that it begins. */
  readonly failed: (path: string, error: unknown) => void
  readonly leftOut: (reason: FileDropReason, lines: number) => void
  /** It is written, but can't be moved away, or its backups can't be compressed or removed. */
  readonly untidy: (path: string, error: unknown) => void
  /** No more will come, save what is said while the process exits. */
  readonly ended: () => void
}

const MAX_CHUNK = 16_384
const MAX_WAITING_BYTES = 4 * 1024 * 1024
const RETRY_MILLIS = 1_000
const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG']
const LINE_FEED = 10

/**
 * Lines of JSON in a file, in order. A line is written at once; in a burst lines are gathered, and written when they fill a chunk or when the event loop turns: if the process is killed
 * meanwhile those are lost, save urgent ones, with which all before them are written. While the file can't be written lines wait in memory, and what finds no room there is left out.
 */
export class LineFile {
  readonly path: string
  readonly #burst: LineBurst
  readonly #file: RotatingFile
  readonly #events: FileEvents
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #failure: FileDropReason | undefined
  #retryAt = 0
  #retry: NodeJS.Timeout | undefined
  #ended = false
  #hasWritten = false

  /** The file is opened with its first line. */
  constructor(path: string, rules: RotationRules, events: FileEvents) {
    this.path = path
    this.#events = events
    this.#file = new RotatingFile(path, rules, (error) => events.untidy(path, error))
    const maxChunk = rules.maxBytes === 0 ? MAX_CHUNK : Math.min(MAX_CHUNK, rules.maxBytes)
    this.#burst = new LineBurst(maxChunk, (lines) => this.#pass(Buffer.from(visibleJson(lines))))
  }

  /** @param line of JSON, as `rawLine` makes it */
  write(line: string, timeMillis: number, urgent: boolean): void {
    this.#burst.add(line, timeMillis, urgent || this.#ended)
  }

  /** Writes what was gathered. */
  flush(): void {
    this.#burst.pass()
  }

  /** Whether it can't be written now: what is said only waits in memory. */
  get fails(): boolean {
    return this.#failure !== undefined
  }

  /** Whether it could ever be written. */
  get hasWritten(): boolean {
    return this.#hasWritten
  }

  /** Lines that wait until the file can be written. */
  get waiting(): number {
    return this.#waiting.reduce((sum, chunk) => sum + lineCount(chunk), 0)
  }

  /** Compresses and removes backups that are due. Never rejects. */
  tidy(): Promise<void> {
    return this.#file.tidy()
  }

  /** Writes all that can be written, closes the file, and from now on writes each line at once: the process is about to end. */
  end(): void {
    this.#burst.pass()
    this.#writeWaiting()
    this.#ended = true
    clearTimeout(this.#retry)
    for (const chunk of this.#waiting.splice(0)) this.#leaveOut(chunk)
    this.#waitingBytes = 0
    this.#file.close()
    this.#file.stop()
  }

  #pass(chunk: Buffer): void {
    if (this.#waiting.length > 0) {
      this.#keep(chunk)
      if (performance.now() >= this.#retryAt) this.#writeWaiting()
      return
    }
    const rest = this.#write(chunk)
    if (rest !== undefined) this.#keep(rest)
  }

  /** @returns the lines that could not be written */
  #write(chunk: Buffer): Buffer | undefined {
    const unwritten = this.#file.append(chunk)
    if (unwritten === undefined) {
      this.#failure = undefined
      this.#hasWritten = true
    } else this.#fail(unwritten.error)
    return unwritten?.lines
  }

  #writeWaiting(): void {
    const chunks = this.#waiting.splice(0)
    for (const [index, chunk] of chunks.entries()) {
      const rest = this.#write(chunk)
      if (rest === undefined) continue
      this.#waiting = [rest, ...chunks.slice(index + 1)]
      break
    }
    this.#waitingBytes = this.#waiting.reduce((sum, { length }) => sum + length, 0)
  }

  #fail(error: unknown): void {
    const began = this.#failure === undefined
    this.#failure = FULL.includes((error as NodeJS.ErrnoException).code) ? 'file_full' : 'file_unwritable'
    this.#file.close()
    this.#retryAt = performance.now() + RETRY_MILLIS
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined
      this.#writeWaiting()
    }, RETRY_MILLIS).unref()
    if (began) this.#events.failed(this.path, error)
  }

  #keep(chunk: Buffer): void {
    if (this.#ended || this.#waitingBytes + chunk.length > MAX_WAITING_BYTES) return this.#leaveOut(chunk)
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
  }

  #leaveOut(chunk: Buffer): void {
    this.#events.leftOut(this.#failure ?? 'file_unwritable', lineCount(chunk))
  }
}

function lineCount(chunk: Buffer): number {
  let count = 0
  for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) count++
  return count
}
