import type { Attributes } from '@opentelemetry/api'

/** What stands for all that came beyond a limit. @see https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits */
export const OVERFLOW: Attributes = Object.freeze({ 'otel.metric.overflow': true })

/**
 * The combinations of attributes under which something is measured: one object each, made once, and no more of them than a limit, so that neither routes without end nor hosts without end
 * can fill the memory, here or where metrics are kept.
 */
export class AttributeSets {
  readonly #sets = new Map<string, Attributes>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Undefined for a combination that is not known yet. */
  get(key: string): Attributes | undefined {
    return this.#sets.get(key)
  }

  /** Makes a combination known; answers what it is to be measured under. */
  add(key: string, attributes: Attributes): Attributes {
    // One place is for what overflows.
    if (this.#sets.size >= this.#limit - 1) return OVERFLOW
    this.#sets.set(key, attributes)
    return attributes
  }
}
