import type { Redactor } from '../privacy/index.ts'
import { errorDetails } from './error-details.ts'
import { cutMark, isCut, type ValueLimits } from './limits.ts'
import { plainText } from './plain-text.ts'

/** A finite tree without cycles, getters or secrets: what goes on the wire. Integers beyond int64 have become strings. */
export type SafeValue =
  string | number | boolean | bigint | null | Uint8Array | readonly SafeValue[] | { readonly [key: string]: SafeValue }

const MAX_INT64 = 2n ** 63n - 1n
const MIN_INT64 = -(2n ** 63n)

/** How far beyond its limit a string is searched for secrets before it is cut, so that the cut leaves no half of one. */
const CUT_MARGIN = 1_024

/** Makes one value after another safe. */
export class ValueSafety {
  readonly #redactor: Redactor
  readonly #limits: ValueLimits

  constructor(redactor: Redactor, limits: ValueLimits) {
    this.#redactor = redactor
    this.#limits = limits
  }

  /** A string without secrets, of bounded length. */
  text(text: string): string {
    return text.length <= this.#limits.maxStringLength ? this.#redactor.text(text) : this.#longText(text)
  }

  #longText(text: string): string {
    const { maxStringLength } = this.#limits
    if (isCut(text, maxStringLength)) return this.#redactor.text(text)
    const margin = maxStringLength + CUT_MARGIN
    const safe = this.#redactor.text(text.slice(0, margin), text.length > margin)
    return safe.slice(0, maxStringLength) + cutMark(text.length - maxStringLength)
  }

  /** Any JavaScript value, made safe; `undefined` and functions too. Never throws, whatever getters and proxies do. */
  value(value: unknown): SafeValue {
    if (typeof value === 'string') return this.text(value)
    return typeof value === 'boolean' ? value : new Walk(this, this.#redactor, this.#limits).visit(value, 0)
  }
}

class Walk {
  readonly #safety: ValueSafety
  readonly #redactor: Redactor
  readonly #limits: ValueLimits
  readonly #ancestors: object[] = []
  #nodes = 0
  #length = 0

  constructor(safety: ValueSafety, redactor: Redactor, limits: ValueLimits) {
    this.#safety = safety
    this.#redactor = redactor
    this.#limits = limits
  }

  visit(value: unknown, depth: number): SafeValue {
    if (++this.#nodes > this.#limits.maxNodes) return TOO_MANY
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'number':
      case 'boolean':
        return value
      case 'bigint':
        return value <= MAX_INT64 && value >= MIN_INT64 ? value : this.#text(bigText(value))
      case 'object':
        return value === null ? null : this.#object(value, depth)
      case 'undefined':
        return null
      case 'symbol':
        return this.#text(value.toString())
      default:
        return this.#text(functionName(value))
    }
  }

  #text(text: string): string {
    if (this.#length >= this.#limits.maxTotalLength) return '[too much text]'
    const safe = this.#safety.text(text)
    this.#length += safe.length
    return safe
  }

  /** A copy that is a plain Uint8Array, whatever kind of bytes it was. */
  #bytes(buffer: ArrayBufferLike, offset: number, length: number): SafeValue {
    if (this.#length >= this.#limits.maxTotalLength) return '[too many bytes]'
    const kept = Math.min(length, this.#limits.maxStringLength)
    this.#length += kept
    return new Uint8Array(new Uint8Array(buffer, offset, kept))
  }

  #object(value: object, depth: number): SafeValue {
    if (this.#ancestors.includes(value)) return '[Circular]'
    if (depth >= this.#limits.maxDepth) return '[nested too deep]'
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
    if (value instanceof Error) return this.#error(value, depth)
    if (value instanceof Map) return this.#entries(value.entries(), value.size, depth)
    if (value instanceof Set) return this.#list(value, value.size, depth)
    if (value instanceof URL || value instanceof RegExp) return this.#text(String(value))
    if (value instanceof Promise) return '[Promise]'
    if (value instanceof ArrayBuffer) return this.#bytes(value, 0, value.byteLength)
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function') return this.visit(toJSON.call(value), depth + 1)
    return this.#properties(value, depth)
  }

  /** What it was thrown for is visited in this walk, so that an error inside its own cause ends it. */
  #error(error: Error, depth: number): SafeValue {
    const safety = {
      text: (text: string) => this.#text(text),
      value: (inner: unknown) => this.visit(inner, depth + 1),
    }
    const { type, message, stack } = errorDetails(error, safety)
    return stack === undefined ? { type, message } : { type, message, stack }
  }

  #view(value: ArrayBufferView, depth: number): SafeValue {
    if (value instanceof Uint8Array || value instanceof DataView)
      return this.#bytes(value.buffer, value.byteOffset, value.byteLength)
    const list = value as unknown as ArrayLike<unknown> & Iterable<unknown>
    return this.#list(list, list.length, depth)
  }

  #list(items: Iterable<unknown>, size: number, depth: number): SafeValue {
    const safe: SafeValue[] = []
    for (const item of items) {
      if (this.#isFull(safe.length)) {
        safe.push(`[${size - safe.length} more entries cut]`)
        break
      }
      safe.push(this.visit(item, depth + 1))
    }
    return safe
  }

  #isFull(kept: number): boolean {
    return kept >= this.#limits.maxEntries || this.#nodes >= this.#limits.maxNodes
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
      if (this.#isFull(kept)) {
        safe['…'] = `[${size - kept} more entries cut]`
        break
      }
      kept++
      const whole = plainText(name)
      const key = this.#text(whole)
      const rule = this.#redactor.keyRule(whole.slice(0, MAX_KEY_LENGTH))
      if (rule?.covers(item) === true) {
        const replaced = rule.replace(item)
        if (replaced !== undefined) safe[key] = replaced
      } else safe[key] = this.visit(item, depth + 1)
    }
    return safe
  }

  #unreadable(error: unknown): string {
    try {
      const { message } = error as { message?: unknown }
      return this.#text(`[unreadable: ${plainText(message)}]`)
    } catch {
      return '[unreadable]'
    }
  }
}

const TOO_MANY = '[too many values]'
/** More of a key is not searched for words that name a secret. */
const MAX_KEY_LENGTH = 4_096
/** More bits than these take long to be written as decimal digits. */
const MAX_BITS = 4_096

function bigText(value: bigint): string {
  return BigInt.asIntN(MAX_BITS, value) === value ? value.toString() : '[an integer of too many digits]'
}

function functionName(value: unknown): string {
  try {
    const { name } = value as { name?: unknown }
    return typeof name === 'string' && name !== '' ? `[Function ${name}]` : '[Function]'
  } catch {
    return '[Function]'
  }
}
