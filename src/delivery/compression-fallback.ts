import type { Compression, SendResult } from './transport.ts'

/** What one try with one coding came to. */
export interface CompressionTry {
  readonly result: SendResult
  /** Whether the receiver may have meant the coding and not the request. */
  readonly turnedDown: boolean
}

const SIMPLER = { zstd: ['zstd', 'gzip', 'none'], gzip: ['gzip', 'none'], none: ['none'] } as const

/** Finds the coding that a receiver takes: the one that is set, else the next simpler one, and stays with it. */
export class CompressionFallback {
  readonly #adopted: (from: Compression, to: Compression) => void
  #codings: readonly Compression[]

  /** @param adopted hears when a simpler coding arrived where the one before it was turned down */
  constructor(compression: Compression, adopted: (from: Compression, to: Compression) => void) {
    this.#codings = SIMPLER[compression]
    this.#adopted = adopted
  }

  /** Tries once with each coding that is left, until one is not turned down. */
  async send(attempt: (compression: Compression) => Promise<CompressionTry>): Promise<SendResult> {
    const codings = this.#codings
    const [first = 'none', ...simpler] = codings
    let { result, turnedDown } = await attempt(first)
    for (const [index, compression] of simpler.entries()) {
      if (!turnedDown) break
      ;({ result, turnedDown } = await attempt(compression))
      // Another lane may have found it out meanwhile.
      if (result.kind === 'delivered' && this.#codings === codings) {
        this.#codings = simpler.slice(index)
        this.#adopted(first, compression)
      }
    }
    return result
  }
}
