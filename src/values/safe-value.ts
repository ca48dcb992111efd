import type { Redactor } from '../privacy/index.ts'
import { REDACTED } from '../privacy/index.ts'
import { errorDetails } from './error-details.ts'
import { boundedString, type ValueLimits } from './limits.ts'

/** A finite tree without cycles, getters or secrets: what goes on the wire. Integers beyond int64 have become strings. */
export type SafeValue =
  string | number | boolean | bigint | null | Uint8Array | readonly SafeValue[] | { readonly [key: string]: SafeValue }

const MAX_INT64 = 2n ** 63n - 1n
const MIN_INT64 = -(2n ** 63n)

/** Makes one value after another safe. Holds state for one value at a time; not reentrant from `toJSON` of the same value. */
export class ValueSafety {
  readonly #redactor: Redactor
  readonly #limits: ValueLimits

  constructor(redactor: Redactor, limits: ValueLimits) {
    this.#redactor = redactor
    this.#limits = limits
  }

  /** A string without secrets, of bounded length. */
  text(text: string): string {
    return this.#redactor.text(boundedString(text, this.#limits.maxStringLength))
  }

  /** Any JavaScript value, made safe; `undefined` and functions too. Never throws, whatever getters and proxies do. */
  value(value: unknown): SafeValue {
    return new Walk(this, this.#redactor, this.#limits).visit(value, 0)
  }
}

class Walk {
  readonly #safety: ValueSafety
  readonly #redactor: Redactor
  readonly #limits: ValueLimits
  readonly #ancestors: object[] = []
  #nodes = 0

  constructor(safety: ValueSafety, redactor: Redactor, limits: ValueLimits) {
    this.#safety = safety
    this.#redactor = redactor
    this.#limits = limits
  }

  visit(value: unknown, depth: number): SafeValue {
    switch (typeof value) {
      case 'string':
        return this.#safety.text(value)
      case 'number':
      case 'boolean':
        return value
      case 'bigint':
        return value <= MAX_INT64 && value >= MIN_INT64 ? value : value.toString()
      case 'object':
        return value === null ? null : this.#object(value, depth)
      case 'undefined':
        return null
      case 'symbol':
        return value.toString()
      default:
        return functionName(value)
    }
  }

  #object(value: object, depth: number): SafeValue {
    if (this.#ancestors.includes(value)) return '[Circular]'
    if (depth >= this.#limits.maxDepth) return '[nested too deep]'
    if (++this.#nodes > this.#limits.maxNodes) return '[too many values]'
    this.#ancestors.push(value)
    try {
      return this.#composite(value, depth)
    } catch (error) {
      return this.#unreadable(error)
    } finally {
      this.#ancestors.pop()
    }
  }

  #composite(value: object, depth: number): SafeValue {
    if (Array.isArray(value)) return this.#list(value, value.length, depth)
    if (ArrayBuffer.isView(value)) return this.#view(value, depth)
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (value instanceof Error) {
      const { type, message, stack } = errorDetails(value, (text) => this.#safety.text(text))
      return stack === undefined ? { type, message } : { type, message, stack }
    }
    if (value instanceof Map) return this.#entries(value.entries(), value.size, depth)
    if (value instanceof Set) return this.#list(value, value.size, depth)
    if (value instanceof URL || value instanceof RegExp) return this.#safety.text(String(value))
    if (value instanceof Promise) return '[Promise]'
    if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0, this.#limits.maxStringLength))
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function') return this.visit(toJSON.call(value), depth + 1)
    return this.#properties(value, depth)
  }

  #view(value: ArrayBufferView, depth: number): SafeValue {
    if (value instanceof Uint8Array) return value.slice(0, this.#limits.maxStringLength)
    if (value instanceof DataView) return new Uint8Array(value.buffer.slice(0, this.#limits.maxStringLength))
    const list = value as unknown as ArrayLike<unknown> & Iterable<unknown>
    return this.#list(list, list.length, depth)
  }

  #list(items: Iterable<unknown>, size: number, depth: number): SafeValue {
    const safe: SafeValue[] = []
    for (const item of items) {
      if (safe.length >= this.#limits.maxEntries) {
        safe.push(`[${size - safe.length} more entries cut]`)
        break
      }
      safe.push(this.visit(item, depth + 1))
    }
    return safe
  }

  *#readable(value: object, keys: readonly string[]): Generator<[string, unknown]> {
    for (const key of keys) {
      let item: unknown
      try {
        item = (value as Record<string, unknown>)[key]
      } catch (error) {
        item = this.#unreadable(error)
      }
      if (item !== undefined && typeof item !== 'function') yield [key, item]
    }
  }

  #properties(value: object, depth: number): SafeValue {
    const keys = Object.keys(value)
    return this.#entries(this.#readable(value, keys), keys.length, depth)
  }

  #entries(entries: Iterable<[unknown, unknown]>, size: number, depth: number): SafeValue {
    const safe: Record<string, SafeValue> = Object.create(null) as Record<string, SafeValue>
    let kept = 0
    for (const [name, item] of entries) {
      if (kept >= this.#limits.maxEntries) {
        safe['…'] = `[${size - kept} more entries cut]`
        break
      }
      kept++
      const key = this.#safety.text(typeof name === 'string' ? name : describeKey(name))
      safe[key] = this.#redactor.isSecretKey(key) ? REDACTED : this.visit(item, depth + 1)
    }
    return safe
  }

  #unreadable(error: unknown): string {
    return this.#safety.text(`[unreadable: ${errorDetails(error, (text) => text).message}]`)
  }
}

function functionName(value: unknown): string {
  try {
    const { name } = value as { name?: unknown }
    return typeof name === 'string' && name !== '' ? `[Function ${name}]` : '[Function]'
  } catch {
    return '[Function]'
  }
}

function describeKey(key: unknown): string {
  try {
    return String(key)
  } catch {
    return '[key]'
  }
}
