import type { KeyRule, Redactor } from '../privacy/index.ts'
import { jsonNumber, JsonSink, plainJson } from './json-sink.ts'
import { CUT_MARGIN, cutMark, isCut, type ValueLimits } from './limits.ts'
import { remembering } from './remembering.ts'
import type { ValueSink } from './value-sink.ts'
import { ValueWalk } from './value-walk.ts'

/** More of a key is not searched for words that name a secret. */
const MAX_SEARCHED_KEY = 4_096
const MAX_KEYS = 4_096
const MAX_KEY_LENGTH = 256

/** A key of a map, worked out once: without secrets, and what becomes of its values. */
export interface SafeKey {
  readonly text: string
  readonly rule: KeyRule | undefined
}

/** Makes one value after another safe: of bounded size, without cycles, getters or secrets. */
export class ValueSafety {
  readonly #redactor: Redactor
  readonly limits: ValueLimits
  readonly #keys = new Map<string, SafeKey>()

  constructor(redactor: Redactor, limits: ValueLimits) {
    this.#redactor = redactor
    this.limits = limits
  }

  /** The same for texts of which most come again and again. */
  remembering(): ValueSafety {
    return new ValueSafety(remembering(this.#redactor), this.limits)
  }

  /** A string without secrets, of bounded length. */
  text(text: string): string {
    return text.length <= this.limits.maxStringLength ? this.#redactor.text(text) : this.#longText(text)
  }

  #longText(text: string): string {
    const { maxStringLength } = this.limits
    if (isCut(text, maxStringLength)) return this.#redactor.text(text)
    const margin = maxStringLength + CUT_MARGIN
    const safe = this.#redactor.text(text.slice(0, margin), text.length > margin)
    return safe.slice(0, maxStringLength) + cutMark(text.length - maxStringLength)
  }

  /** Whether something in a text must not leave the process. */
  holdsSecret(text: string): boolean {
    return this.#redactor.text(text) !== text
  }

  /** Writes any JavaScript value, made safe; `undefined` and functions too. Throws only what the sink throws, whatever getters and proxies do. */
  write(value: unknown, sink: ValueSink): void {
    if (typeof value === 'string') sink.text(this.text(value))
    else if (typeof value === 'number') sink.number(value)
    else if (typeof value === 'boolean') sink.boolean(value)
    else new ValueWalk(this, this.limits, sink).visit(value, 0)
  }

  /** Any JavaScript value, made safe, as JSON. Never throws. */
  json(value: unknown): string {
    if (typeof value === 'string') return JSON.stringify(this.text(value))
    if (typeof value === 'number') return jsonNumber(value)
    const sink = new JsonSink()
    this.write(value, sink)
    return sink.json
  }

  /** Any JavaScript value, made safe, as text: a string as it is, anything else as JSON. Never throws. */
  plain(value: unknown): string {
    return typeof value === 'string' ? this.text(value) : plainJson(this.json(value))
  }

  /** A key of a map inside a value. Remembered; bounded, so that keys made from data can't fill the memory. */
  key(key: string): SafeKey {
    return this.#keys.get(key) ?? this.#addKey(key)
  }

  #addKey(key: string): SafeKey {
    const safe = { text: this.text(key), rule: this.#redactor.keyRule(key.slice(0, MAX_SEARCHED_KEY)) }
    if (this.#keys.size < MAX_KEYS && key.length <= MAX_KEY_LENGTH) this.#keys.set(key, safe)
    return safe
  }
}
