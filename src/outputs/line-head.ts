import type { Scope } from '../otlp/index.ts'

/** The beginning of a line: time in ISO 8601 and UTC, level and component. Remembers what the last had: records come in bursts. */
export class LineHead {
  #second = Number.NaN
  #time = ''
  #level: string | undefined
  #scope: Scope | undefined
  #source = ''

  /** @throws {RangeError} for what is no time */
  text(timeMillis: number, level: string, scope: Scope): string {
    const second = Math.floor(timeMillis / 1_000)
    if (second !== this.#second) this.#setSecond(second)
    if (level !== this.#level || scope !== this.#scope) this.#setSource(level, scope)
    const millis = Math.floor(timeMillis - second * 1_000)
    return this.#time + (millis < 10 ? '00' : millis < 100 ? '0' : '') + millis + this.#source
  }

  #setSecond(second: number): void {
    this.#time = `{"timestamp":"${new Date(second * 1_000).toISOString().slice(0, -4)}`
    this.#second = second
  }

  #setSource(level: string, scope: Scope): void {
    this.#source = `Z","level":${JSON.stringify(level)},"component":${JSON.stringify(scope.name)}`
    this.#level = level
    this.#scope = scope
  }
}
