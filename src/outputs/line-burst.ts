/** So many lines in so short a time are written one by one; what comes faster is gathered. */
const BURST_LINES = 32
const BURST_MILLIS = 10

/** Gathers the lines of a burst: a write costs as much as many lines. */
export class LineBurst {
  readonly #maxChunk: number
  readonly #write: (text: string) => void
  #gathered = ''
  #turn: NodeJS.Immediate | undefined
  #burstMillis = 0
  #burstLines = 0

  /**
   * @param maxChunk lines are written together up to this length; a longer one alone
   * @param write is given whole lines
   */
  constructor(maxChunk: number, write: (text: string) => void) {
    this.#maxChunk = maxChunk
    this.#write = write
  }

  /** Writes a line at once, with all before it; in a burst, when a chunk is full or the event loop turns, unless the line is urgent. */
  add(line: string, timeMillis: number, urgent: boolean): void {
    if (this.#gathered.length + line.length > this.#maxChunk) this.pass()
    this.#gathered += line
    if (!this.#inBurst(timeMillis) || urgent) this.pass()
    else this.#turn ??= setImmediate(() => this.pass())
  }

  /** Writes what was gathered. */
  pass(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
    const text = this.#gathered
    this.#gathered = ''
    if (text !== '') this.#write(text)
  }

  #inBurst(timeMillis: number): boolean {
    const elapsed = timeMillis - this.#burstMillis
    if (elapsed >= 0 && elapsed < BURST_MILLIS) return ++this.#burstLines > BURST_LINES
    this.#burstMillis = timeMillis
    this.#burstLines = 1
    return false
  }
}
