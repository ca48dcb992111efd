import { sizeOf, splitAt, type Part } from './batch-parts.ts'

/** Single entries, from all over a batch, that are tried before all of it is taken for refused. */
const PROBES = 8

/**
 * Says in which parts a batch is to be sent, so that of a batch that was refused all that is good arrives. A part that was refused is made smaller until one entry stands
 * alone; after parts that passed they grow again. So one bad entry among a thousand costs some 30 requests, and a thousand of which every second is bad
 * little more than a thousand: fewer can't tell them apart. Where nothing passed, single entries from all over the batch are tried, and when these are refused too,
 * so is the batch: some 20 requests.
 */
export class RefusalSearch {
  #rest: Part
  #size: number
  #probes: Part[] = []
  #trial: 'none' | 'rest' | 'probes' = 'none'
  #passed = false
  #passedInRow = 0
  #refusedAlone = 0

  constructor(batch: Part) {
    this.#rest = batch
    this.#size = sizeOf(batch)
  }

  /** What is to be sent now; undefined when all is decided. */
  next(): Part | undefined {
    const part = this.#probes[0] ?? splitAt(this.#rest, this.#size)[0]
    return part.length === 0 ? undefined : part
  }

  /** What was to be sent has passed. */
  passed(): void {
    this.#passed = true
    this.#take()
    if (++this.#passedInRow > 1) this.#size *= 2
  }

  /**
   * What was to be sent was refused.
   * @param splittable whether a smaller part of it might pass
   * @returns what is refused for good; empty when smaller parts are to be tried
   */
  refused(splittable: boolean): readonly Part[] {
    const size = sizeOf(this.next() ?? [])
    this.#passedInRow = 0
    if (splittable && size > 1) {
      if (this.#trial === 'rest') this.#probe()
      else this.#size = Math.ceil(size / 2)
      return []
    }
    const part = this.#take()
    if (!splittable || this.#passed) return [part]
    if (++this.#refusedAlone > PROBES) return [part, ...this.#takeAll()]
    if (this.#trial === 'none') this.#tryRest()
    return [part]
  }

  /** The first entry alone was refused: perhaps it is the only one. */
  #tryRest(): void {
    this.#trial = 'rest'
    this.#size = Infinity
  }

  #take(): Part {
    const probe = this.#probes.shift()
    if (probe !== undefined) return probe
    const [part, rest] = splitAt(this.#rest, this.#size)
    this.#rest = rest
    return part
  }

  #takeAll(): readonly Part[] {
    const all = [...this.#probes, this.#rest].filter((part) => part.length > 0)
    this.#probes = []
    this.#rest = []
    return all
  }

  #probe(): void {
    this.#trial = 'probes'
    this.#size = 1
    const size = sizeOf(this.#rest)
    for (let n = Math.min(PROBES, size); n > 0; n--) {
      const [before, from] = splitAt(this.#rest, Math.floor((size * n) / (PROBES + 1)))
      const [probe, after] = splitAt(from, 1)
      this.#rest = [...before, ...after]
      this.#probes.unshift(probe)
    }
  }
}
