/** When texts were said: of the last ones at least so many, of twice as many at most. In generations, since a map that its oldest entries are taken from, one by one, becomes slow. */
export class RecentTexts {
  readonly #size: number
  #young = new Map<number, number>()
  #old = new Map<number, number>()

  constructor(size: number) {
    this.#size = size
  }

  get(key: number): number | undefined {
    return this.#young.get(key) ?? this.#old.get(key)
  }

  set(key: number, millis: number): void {
    if (this.#young.size >= this.#size) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, millis)
  }
}
