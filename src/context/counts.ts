import type { Fields } from '../otlp/index.ts'

/** What is counted: so many of it, or one of it with values to be summed. */
export type Measured = number | Readonly<Record<string, number>>

/** Names made from data must not fill the memory, nor the record. */
const MAX_NAMES = 64
const MAX_VALUES = 8
const MAX_NAME_LENGTH = 256
const LEFT_OUT = 'clew.count.left_out'

/** What happens often, summed: constant memory however often it is. */
export class Counts {
  readonly #counters = new Map<string, Counter>()
  #leftOut = 0

  /** Adds to the counter of this name. What finds no room, and what is no finite number, is counted as left out. */
  add(name: string, measured: Measured): void {
    const counter = this.#counters.get(name) ?? this.#begin(name)
    if (counter === undefined || !counter.add(measured)) this.#leftOut++
  }

  #begin(name: string): Counter | undefined {
    if (this.#counters.size >= MAX_NAMES || name.length > MAX_NAME_LENGTH) return undefined
    const counter = new Counter()
    this.#counters.set(name, counter)
    return counter
  }

  /** The sums as attributes: `<name>.count`, and for each value `<name>.<value>.sum`, `.min` and `.max`. */
  fields(): Fields {
    const fields = Object.create(null) as Record<string, unknown>
    for (const [name, counter] of this.#counters) counter.write(name, fields)
    if (this.#leftOut > 0) fields[LEFT_OUT] = this.#leftOut
    return fields
  }
}

interface Sum {
  sum: number
  min: number
  max: number
}

class Counter {
  #count = 0
  readonly #sums = new Map<string, Sum>()

  /** @returns false when some of it was left out */
  add(measured: Measured): boolean {
    if (typeof measured !== 'object') return this.#addCount(measured)
    this.#count++
    let complete = true
    for (const key in measured) complete = this.#addValue(key, measured[key]) && complete
    return complete
  }

  #addCount(count: unknown): boolean {
    if (!isFinite(count)) return false
    this.#count += count
    return true
  }

  #addValue(key: string, value: unknown): boolean {
    if (!isFinite(value)) return false
    const sum = this.#sums.get(key)
    if (sum === undefined) {
      if (this.#sums.size >= MAX_VALUES || key.length > MAX_NAME_LENGTH) return false
      this.#sums.set(key, { sum: value, min: value, max: value })
      return true
    }
    sum.sum += value
    if (value < sum.min) sum.min = value
    if (value > sum.max) sum.max = value
    return true
  }

  write(name: string, fields: Record<string, unknown>): void {
    fields[`${name}.count`] = this.#count
    for (const [key, { sum, min, max }] of this.#sums) {
      fields[`${name}.${key}.sum`] = sum
      fields[`${name}.${key}.min`] = min
      fields[`${name}.${key}.max`] = max
    }
  }
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
