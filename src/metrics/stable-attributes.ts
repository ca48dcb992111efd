import type { Attributes } from '@opentelemetry/api'

const stable = new WeakSet<Attributes>()

/**
 * Attributes under which much is measured, one object for each combination: with it, they need not be sorted and written as text each time.
 * @returns the same object, frozen
 */
export function stableAttributes(attributes: Attributes): Attributes {
  stable.add(Object.freeze(attributes))
  return attributes
}

/** Whether an object always stands for the same attributes. */
export function areStable(attributes: Attributes): boolean {
  return stable.has(attributes)
}
