import type { Scope } from '../otlp/index.ts'
import { flat } from './flat-text.ts'

/** The beginning of a line: time in ISO 8601 and UTC, level and component. Remembers what the last had: records come in bursts. */
export class LineHead {
  #millis = Number.NaN
  #level: string | undefined
  #scope: Scope | undefined
  #second = Number.NaN
  #time = ''
  #text = ''

  /** @throws {RangeError} for what is no time */
  text(timeMillis: number, level: string, scope: Scope): string {
    const millis = Math.floor(timeMillis)
    if (millis !== this.#millis || level !== this.#level || scope !== this.#scope) {
      this.#text = flat(
        `${this.#iso(millis)}","level":${JSON.stringify(level)},"component":${JSON.stringify(scope.name)}`,
      )
      this.#millis = millis
      this.#level = level
      this.#scope = scope
    }
    return this.#text
  }

  #iso(millis: number): string {
    const second = Math.floor(millis / 1_000)
    if (second !== this.#second) {
      this.#time = `{"timestamp":"${new Date(second * 1_000).toISOString().slice(0, -4)}`
      this.#second = second
    }
    return `${this.#time}${String(millis - second * 1_000).padStart(3, '0')}Z`
  }
}
