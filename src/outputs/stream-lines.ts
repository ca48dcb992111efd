/** The part of a stream that lines on it need. */
export interface TextSink {
  readonly isTTY?: boolean | undefined
  write(text: string, done?: (error?: Error | null) => void): unknown
  /** What streams have, whose errors end the program when nobody listens. */
  listenerCount?(event: 'error'): number
  once?(event: 'error', listener: (error: Error) => void): unknown
}

/** Lines on a stream, which knows how to write them: a terminal's, or one without a descriptor. A terminal that is gone does not end the program. */
export class StreamLines {
  readonly #stream: TextSink
  #failure: Error | undefined

  constructor(stream: TextSink) {
    this.#stream = stream
  }

  /** @throws what kept an earlier line from being written: EIO when the terminal is gone, for one */
  write(line: string): void {
    this.#stream.write(line, (error) => this.#written(error ?? undefined))
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) throw failure
  }

  /** A stream tells its first error a second time, as an event, after this. */
  #written(error: Error | undefined): void {
    if (error === undefined) return
    this.#failure = error
    if (this.#stream.listenerCount?.('error') === 0) this.#stream.once?.('error', () => {})
  }
}
