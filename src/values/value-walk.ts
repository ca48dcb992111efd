import { types } from 'node:util'
import { hidesNext, REDACTED, secretProperties } from '../privacy/index.ts'
import { errorDetails } from './error-details.ts'
import { JsonSink, plainJson } from './json-sink.ts'
import { CUT_MARGIN, type ValueLimits } from './limits.ts'
import { plainText } from './plain-text.ts'
import { stackTrace } from './stack-trace.ts'
import type { ValueSafety } from './value-safety.ts'
import type { ValueSink } from './value-sink.ts'

/** More entries of one map are not looked at, also when none of them is kept: functions, or keys that are the same as text. */
const MAX_LOOKED = 4_096
const MAX_INT64 = 2n ** 63n - 1n
const MIN_INT64 = -(2n ** 63n)

/**
 * The way through one value: each part is made safe and goes into the sink before the next is looked at. What throws on the way (a getter, a proxy, an iterator) is marked in the
 * place of the list or map it belongs to, of which nothing stays.
 */
export class ValueWalk {
  readonly #safety: ValueSafety
  readonly #limits: ValueLimits
  #sink: ValueSink
  readonly #ancestors: object[] = []
  #nodes = 0
  #length = 0

  constructor(safety: ValueSafety, limits: ValueLimits, sink: ValueSink) {
    this.#safety = safety
    this.#limits = limits
    this.#sink = sink
  }

  visit(value: unknown, depth: number): void {
    if (++this.#nodes > this.#limits.maxNodes) return this.#sink.text('[too many values]')
    switch (typeof value) {
      case 'string':
        return this.#text(value)
      case 'number':
        return this.#sink.number(value)
      case 'boolean':
        return this.#sink.boolean(value)
      case 'bigint':
        return value <= MAX_INT64 && value >= MIN_INT64 ? this.#sink.integer(value) : this.#text(bigText(value))
      case 'object':
        return value === null ? this.#sink.nothing() : this.#object(value, depth)
      case 'undefined':
        return this.#sink.nothing()
      case 'symbol':
        return this.#text(value.toString())
      default:
        return this.#text(functionName(value))
    }
  }

  #text(text: string): void {
    this.#sink.text(this.#bounded(text))
  }

  #bounded(text: string): string {
    if (this.#length >= this.#limits.maxTotalLength) return '[too much text]'
    const safe = this.#safety.text(text)
    this.#length += safe.length
    return safe
  }

  /** Bytes of a text with a secret in it are left out as a whole. */
  #bytes(buffer: ArrayBufferLike, offset: number, length: number): void {
    if (this.#length >= this.#limits.maxTotalLength) return this.#sink.text('[too many bytes]')
    const kept = Math.min(length, this.#limits.maxStringLength)
    this.#length += kept
    const text = Buffer.from(buffer, offset, Math.min(length, kept + CUT_MARGIN)).toString('latin1')
    if (this.#safety.holdsSecret(text)) this.#sink.text(REDACTED)
    else this.#sink.bytes(new Uint8Array(buffer, offset, kept))
  }

  #object(value: object, depth: number): void {
    const sink = this.#sink
    if (this.#ancestors.includes(value)) return sink.text('[Circular]')
    if (depth >= this.#limits.maxDepth) return sink.text('[nested too deep]')
    const mark = sink.mark()
    this.#ancestors.push(value)
    try {
      this.#composite(value, depth)
    } catch (error) {
      sink.rewind(mark)
      sink.text(this.#unreadable(error))
    } finally {
      this.#ancestors.pop()
    }
  }

  #composite(value: object, depth: number): void {
    if (Array.isArray(value)) return this.#list(value, value.length, depth)
    if (ArrayBuffer.isView(value)) return this.#view(value, depth)
    if (value instanceof Date)
      return this.#sink.text(Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString())
    if (value instanceof Error || types.isNativeError(value)) return this.#error(value, depth)
    if (value instanceof Map) return this.#map(value, depth)
    if (value instanceof Set) return this.#list(value, value.size, depth)
    if (value instanceof URL || value instanceof RegExp) return this.#text(String(value))
    if (value instanceof Promise) return this.#sink.text('[Promise]')
    if (value instanceof ArrayBuffer) return this.#bytes(value, 0, value.byteLength)
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function') return this.visit(toJSON.call(value), depth + 1)
    return this.#properties(value, depth)
  }

  /** What it was thrown for is visited in this walk, so that an error inside its own cause ends it. */
  #error(error: Error, depth: number): void {
    const details = errorDetails(error, {
      text: (text) => this.#bounded(text),
      plain: (inner) => this.#plain(inner, depth + 1),
    })
    const { type, message, code } = details
    this.#sink.beginMap()
    for (const [key, part] of Object.entries({ type, message, code, stack: stackTrace(details) })) {
      if (part === undefined) continue
      this.#sink.beginEntry(key)
      if (typeof part === 'number') this.#sink.number(part)
      else this.#sink.text(part)
      this.#sink.endEntry()
    }
    this.#sink.endMap()
  }

  #plain(value: unknown, depth: number): string {
    const outer = this.#sink
    const sink = new JsonSink()
    this.#sink = sink
    try {
      this.visit(value, depth)
      return plainJson(sink.json)
    } finally {
      this.#sink = outer
    }
  }

  #view(value: ArrayBufferView, depth: number): void {
    if (value instanceof Uint8Array || value instanceof DataView)
      return this.#bytes(value.buffer, value.byteOffset, value.byteLength)
    const list = value as unknown as ArrayLike<unknown> & Iterable<unknown>
    return this.#list(list, list.length, depth)
  }

  #list(items: Iterable<unknown>, size: number, depth: number): void {
    const sink = this.#sink
    let kept = 0
    let hidden = false
    sink.beginList()
    for (const item of items) {
      const full = this.#isFull(kept)
      sink.beginItem()
      if (full) sink.text(`[${size - kept} more entries cut]`)
      else if (hidden) sink.text(REDACTED)
      else this.visit(item, depth + 1)
      sink.endItem()
      hidden = hidesNext(item, kept, size)
      if (full) break
      kept++
    }
    sink.endList()
  }

  #isFull(kept: number): boolean {
    return kept >= this.#limits.maxEntries || this.#nodes >= this.#limits.maxNodes
  }

  /** The first of several keys that are the same as text is kept. */
  #map(map: ReadonlyMap<unknown, unknown>, depth: number): void {
    const taken = new Set<string>()
    let looked = 0
    this.#sink.beginMap()
    for (const [key, item] of map) {
      if (++looked > MAX_LOOKED) return this.#endCut(map.size - taken.size)
      if (this.#cut(taken.size, map.size)) break
      const name = plainText(key)
      if (!taken.has(name)) this.#entry(name, item, depth)
      taken.add(name)
    }
    this.#sink.endMap()
  }

  #properties(value: object, depth: number): void {
    const keys = Object.keys(value)
    const secrets = secretProperties(value)
    let kept = 0
    let looked = 0
    this.#sink.beginMap()
    for (const key of keys) {
      if (++looked > MAX_LOOKED) return this.#endCut(keys.length - kept)
      const item = this.#property(value as Readonly<Record<string, unknown>>, key)
      if (item === undefined || typeof item === 'function') continue
      if (this.#cut(kept, keys.length)) break
      kept++
      this.#entry(key, secrets.has(key) ? REDACTED : item, depth)
    }
    this.#sink.endMap()
  }

  #property(value: Readonly<Record<string, unknown>>, key: string): unknown {
    try {
      return value[key]
    } catch (error) {
      return this.#unreadable(error)
    }
  }

  /** Marks the end of a map of which no more is kept. */
  #cut(kept: number, size: number): boolean {
    if (!this.#isFull(kept) && this.#length < this.#limits.maxTotalLength) return false
    this.#markCut(size - kept)
    return true
  }

  #markCut(count: number): void {
    this.#sink.beginEntry('…')
    this.#sink.text(`[${count} more entries cut]`)
    this.#sink.endEntry()
  }

  #endCut(count: number): void {
    this.#markCut(count)
    this.#sink.endMap()
  }

  #entry(key: string, item: unknown, depth: number): void {
    const { text, rule } = this.#safety.key(key)
    const covered = rule?.covers(item) === true
    const replaced = covered ? rule.replace(item) : undefined
    if (covered && replaced === undefined) return
    this.#length += text.length
    this.#sink.beginEntry(text)
    if (replaced === undefined) this.visit(item, depth + 1)
    else this.#sink.text(replaced)
    this.#sink.endEntry()
  }

  #unreadable(error: unknown): string {
    try {
      const { message } = error as { message?: unknown }
      return this.#bounded(`[unreadable: ${plainText(message)}]`)
    } catch {
      return '[unreadable]'
    }
  }
}

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
