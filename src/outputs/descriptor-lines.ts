import { writeSync } from 'node:fs'
import { LineBurst } from './line-burst.ts'

/** A stream on a descriptor, such as process.stdout. */
export interface DescriptorStream {
  readonly fd: number
  /** Bytes that were written to the stream and are not through. */
  readonly writableLength: number
  write(text: string): unknown
}

/** A write of no more than this to a pipe is whole: it mixes with no line of another process. Linux's PIPE_BUF. */
const MAX_CHUNK = 4_096
const MAX_WAITING_BYTES = 16 * 1024 * 1024
const RETRY_MILLIS = 10
const CHUNKS_BETWEEN_ATTEMPTS = 16
/** A reader that takes nothing for so long, while there is no more room, is taken for stuck until it reads again. */
const PATIENCE_MILLIS = 20
const NOBODY_READS = new Error('nobody reads what is written')
/** Nobody wakes it: waiting for it is sleeping. */
const SLEEP = new Int32Array(new SharedArrayBuffer(4))

/**
 * Lines on a file or a pipe, in order, straight to the descriptor: a stream takes longer than all else that a line costs.
 *
 * A line is written at once. In a burst lines are gathered, and written when they fill a chunk, or when the event loop turns; if the process is killed meanwhile those are lost, save urgent ones,
 * with which all before them are written. Where a pipe has no room lines wait in memory, and only when there is too much of that does the program wait for the reader, as long as it reads; beside a
 * reader that is stuck the program goes on, and `write` refuses lines.
 */
export class DescriptorLines {
  readonly #stream: DescriptorStream
  readonly #finish: (lines: string) => string
  readonly #burst = new LineBurst(MAX_CHUNK, (lines) => this.#pass(lines))
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #retry: NodeJS.Timeout | undefined
  #stuck = false
  #ending = false
  #leftOut = 0
  #failure: unknown
  #toldFailure = true

  /** @param finish is done to lines, many at once, before they are written */
  constructor(stream: DescriptorStream, finish: (lines: string) => string = (lines) => lines) {
    this.#stream = stream
    this.#finish = finish
  }

  /**
   * @param line ends in a line feed
   * @throws what kept this line, or some before it, from being written: EPIPE when the reader is gone, for one
   */
  write(line: string, timeMillis: number, urgent: boolean): void {
    this.#burst.add(line, timeMillis, urgent || this.#ending)
    if (this.#toldFailure) return
    this.#toldFailure = true
    throw this.#failure
  }

  /**
   * Writes all that waits, and from now on each line at once: the process is about to end. Blocks while a pipe has no room, for so long at most.
   * @throws when lines were left out, now or before, with how many
   */
  end(timeoutMillis: number): void {
    this.#ending = true
    this.#burst.pass()
    this.#waitUntil(() => this.#waiting.length === 0, timeoutMillis)
    for (const chunk of this.#waiting.splice(0)) this.#leaveOut(chunk, NOBODY_READS)
    this.#waitingBytes = 0
    if (this.#leftOut > 0) throw new Error(`${this.#leftOut} lines were left out: ${String(this.#failure)}`)
  }

  #leaveOut(chunk: string | Buffer, error: unknown): void {
    this.#leftOut += chunk.toString().split('\n').length - 1
    this.#failure = error
    this.#toldFailure = false
  }

  #pass(lines: string): void {
    const text = this.#finish(lines)
    // A program that put a function of its own there wants to see what is written.
    if (Object.hasOwn(this.#stream, 'write')) this.#stream.write(text)
    else if (this.#waiting.length > 0 || this.#stream.writableLength > 0) this.#enqueue(Buffer.from(text))
    else {
      const written = this.#attempt(text)
      if (written < Buffer.byteLength(text)) this.#enqueue(Buffer.from(text).subarray(written))
    }
  }

  /** @returns how many bytes are done with: all, when writing failed */
  #attempt(chunk: string | Buffer): number {
    try {
      return writeSync(this.#stream.fd, chunk as string)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
      this.#leaveOut(chunk, error)
      return Infinity
    }
  }

  #enqueue(chunk: Buffer): void {
    const hasRoom = (): boolean => this.#waitingBytes + chunk.length <= MAX_WAITING_BYTES
    // In a program that doesn't let the event loop turn no timer comes; and an attempt in vain costs as much as many lines.
    if (this.#waiting.length % CHUNKS_BETWEEN_ATTEMPTS === 1) this.#passWaiting()
    if (!hasRoom() && !this.#stuck) this.#stuck = !this.#waitUntil(hasRoom, PATIENCE_MILLIS)
    if (!hasRoom()) return this.#leaveOut(chunk, NOBODY_READS)
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#retry === undefined) this.#retry = setTimeout(() => this.#tryAgain(), RETRY_MILLIS)
  }

  #waitUntil(done: () => boolean, timeoutMillis: number): boolean {
    const deadline = performance.now() + timeoutMillis
    while (!done() && performance.now() < deadline) {
      Atomics.wait(SLEEP, 0, 0, 1)
      this.#passWaiting()
    }
    return done()
  }

  #tryAgain(): void {
    this.#passWaiting()
    this.#retry = this.#waiting.length === 0 ? undefined : setTimeout(() => this.#tryAgain(), RETRY_MILLIS)
  }

  /** Writes what waits as far as there is room, after what the program wrote to the stream. */
  #passWaiting(): void {
    if (this.#stream.writableLength > 0 && !this.#ending) return
    let passed = 0
    for (const chunk of this.#waiting) {
      const written = Math.min(this.#attempt(chunk), chunk.length)
      this.#waitingBytes -= written
      if (written > 0) this.#stuck = false
      if (written < chunk.length) {
        this.#waiting[passed] = chunk.subarray(written)
        break
      }
      passed++
    }
    if (passed > 0) this.#waiting = this.#waiting.slice(passed)
  }
}
