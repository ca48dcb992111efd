import { SHORT_NAMES } from '../fields/index.ts'
import type { KeyRule, Redactor } from '../privacy/index.ts'
import { ByteWriter } from './byte-writer.ts'

/** One attribute key, worked out once: its name on the wire, its bytes, and what becomes of its values. */
export interface AttributeKey {
  readonly name: string
  readonly rule: KeyRule | undefined
  /** KeyValue.key: tag, length and UTF-8 of the name. */
  readonly bytes: Uint8Array
}

const MAX_KEYS = 4_096
const MAX_KEY_LENGTH = 256
/** So much of a key is searched for secrets before it is cut. */
const MAX_SEARCHED_LENGTH = 4_096

const SHORT_OF: ReadonlyMap<string, string> = new Map([...SHORT_NAMES].map(([short, name]) => [name, short]))

/** The name under which an attribute goes on the wire. */
export function canonicalKey(key: string): string {
  return SHORT_NAMES.get(key) ?? key
}

/** All names under which people write an attribute, its own first. */
export function spellingsOf(name: string): readonly string[] {
  const short = SHORT_OF.get(name)
  return short === undefined ? [name] : [name, short]
}

/** Remembers keys; bounded, so that keys made from data can't fill the memory. */
export class AttributeKeys {
  readonly #redactor: Redactor
  readonly #known = new Map<string, AttributeKey>()

  constructor(redactor: Redactor) {
    this.#redactor = redactor
  }

  get(key: string): AttributeKey {
    return this.#known.get(key) ?? this.#add(key)
  }

  #add(key: string): AttributeKey {
    const whole = canonicalKey(key)
    const rule = spellingsOf(whole)
      .map((spelling) => this.#redactor.keyRule(spelling.slice(0, MAX_SEARCHED_LENGTH)))
      .find((found) => found !== undefined)
    const cut = whole.length > MAX_SEARCHED_LENGTH
    const name = this.#redactor.text(cut ? whole.slice(0, MAX_SEARCHED_LENGTH) : whole, cut).slice(0, MAX_KEY_LENGTH)
    const writer = new ByteWriter(name.length * 3 + 8)
    writer.string(0x0a, name)
    const entry = { name, rule, bytes: writer.copy() }
    if (this.#known.size < MAX_KEYS && !cut) this.#known.set(key, entry)
    return entry
  }
}
