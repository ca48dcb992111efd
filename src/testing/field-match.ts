import { inspect } from 'node:util'
import type { MatcherContext } from './matcher.ts'

/** What is expected of fields: each a value, a RegExp for text, an asymmetric matcher such as `expect.any(Number)`, or an object of such. */
export type ExpectedFields = Readonly<Record<string, unknown>>

/** Whether a value is as expected. Of an object, the properties that are expected count. */
export function matches(found: unknown, expected: unknown, context: MatcherContext): boolean {
  if (expected instanceof RegExp) return typeof found === 'string' && found.search(expected) >= 0
  if (!isPlainObject(expected)) return context.equals(found, expected)
  if (typeof found !== 'object' || found === null) return false
  const properties = found as Readonly<Record<string, unknown>>
  return Object.entries(expected).every(([key, value]) => matches(own(properties, key), value, context))
}

/** The object's own property. */
export function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** Expected values by key, on one line. */
export function shownFields(expected: ExpectedFields): string {
  return Object.entries(expected)
    .map(([key, value]) => `${key}: ${shown(value)}`)
    .join(', ')
}

/** A value on one line. */
export function shown(value: unknown): string {
  if (isAsymmetric(value)) return value.toAsymmetricMatcher?.() ?? `${value.toString()} ${inspect(value.sample)}`
  return inspect(value, { breakLength: Infinity, depth: 4, maxStringLength: 500 })
}

interface Asymmetric {
  toString(): string
  readonly sample?: unknown
  readonly toAsymmetricMatcher?: () => string
}

function isAsymmetric(value: unknown): value is Asymmetric {
  return typeof value === 'object' && value !== null && 'asymmetricMatch' in value
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || isAsymmetric(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
