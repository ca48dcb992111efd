/** Times as ISO 8601 in UTC, to the millisecond. Remembers the last: records come in bursts. */
export class IsoTime {
  #millis = Number.NaN
  #text = ''

  /** @throws {RangeError} for what is no time */
  text(timeMillis: number): string {
    const millis = Math.trunc(timeMillis)
    if (millis !== this.#millis) {
      this.#text = new Date(millis).toISOString()
      this.#millis = millis
    }
    return this.#text
  }
}
