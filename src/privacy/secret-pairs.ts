import { keyBefore, type PairKey } from './pair-key.ts'
import { lineEnd, PairValues, type Reach } from './pair-value.ts'
import { REDACTED } from './redacted.ts'
import { secrecyOf } from './secret-key.ts'
import type { Span } from './span.ts'

const COLON = 58
const SLASH = 47
const COOKIE_PAIR = /[ \t]*[\w.-]{1,128}=/y
/** People write several words after these, and no sign tells where they end. */
const TYPED = /pass|pwd|phrase|credential|mnemonic/i
const SCHEMED = /authori[sz]ation|auth$/i
/** `"name":"password","value":"x"`: keys of which one holds the name of a secret and the next the secret. */
const NAME = /(?<!\S)(?:name|key|header|field|path|param|parameter|property|type|id)$/i
const VALUE = /(?<!\S)(?:values?|val|content|data)$/i
const QUERY_NAME = /^(?:key|code)$/i
const LONG = /^[\w.~%+/-]{16}$/
const MAX_BETWEEN = 256
/** A part of a multipart body: headers, an empty line, the value. */
const EMPTY_LINE = /["']?(?:\r\n\r\n|\n\n|\\r\\n\\r\\n|\\n\\n)/y

/** The text without the values of pairs whose key names a secret: `key=value`, `key: value`, headers, JSON, at any depth of escapes, query strings. */
export function withoutSecretPairs(text: string): string {
  return text.includes('=') || text.includes(':') ? new PairScan(text).run() : text
}

class PairScan {
  readonly #text: string
  readonly #values: PairValues
  #safe = ''
  #copied = 0
  /** Where the name of a secret ended whose value may follow. */
  #named = -Infinity

  constructor(text: string) {
    this.#text = text
    this.#values = new PairValues(text)
  }

  run(): string {
    const text = this.#text
    let colon = text.indexOf(':')
    let equals = text.indexOf('=')
    while (colon >= 0 || equals >= 0) {
      const next = this.#visit(colon < 0 || (equals >= 0 && equals < colon) ? equals : colon)
      if (colon >= 0 && colon < next) colon = text.indexOf(':', next)
      if (equals >= 0 && equals < next) equals = text.indexOf('=', next)
    }
    return this.#copied === 0 ? text : this.#safe + text.slice(this.#copied)
  }

  /** Looks at one separator; answers where to go on. */
  #visit(at: number): number {
    const text = this.#text
    const following = text.charCodeAt(at + 1)
    if (text.charCodeAt(at) === COLON) {
      if (following === COLON) return at + 2
      if (following === SLASH && text.charCodeAt(at + 2) === SLASH) return at + 3
    }
    const key = keyBefore(text, at, this.#copied)
    return key === undefined ? at + 1 : this.#pair(key, at)
  }

  #pair(key: PairKey, at: number): number {
    const secrecy = secrecyOf(key.name) ?? (this.#isParameter(key, at) ? 'secret' : undefined)
    if (secrecy === undefined && !this.#isNamed(key, at)) {
      if (NAME.test(key.name)) this.#name(at)
      return at + 1
    }
    if (isSyntax(this.#text, key)) return at + 1
    const value = this.#values.after(at + 1, this.#reach(key, at), this.#limit(key, at))
    if (value === undefined) return at + 1
    if (secrecy === 'unless counted' && isCounted(this.#text.slice(value.start, value.end))) return value.end
    return this.#hide(value)
  }

  #hide({ start, end }: Span): number {
    this.#safe += this.#text.slice(this.#copied, start) + REDACTED
    this.#copied = end
    return end
  }

  #isNamed(key: PairKey, at: number): boolean {
    return at - this.#named < MAX_BETWEEN && VALUE.test(key.name)
  }

  /** A long `key` or `code` in a query is what lets somebody in. */
  #isParameter({ name, start }: PairKey, at: number): boolean {
    if (name.length > 4 || !QUERY_NAME.test(name) || !'?&'.includes(this.#text.charAt(start - 1) || ' ')) return false
    return LONG.test(this.#text.slice(at + 1, at + 17))
  }

  /** Remembers a name that is a secret's, and hides the value that follows it after an empty line. */
  #name(at: number): void {
    this.#named = -Infinity
    const value = this.#values.after(at + 1, 'word')
    if (value === undefined || value.end - value.start > MAX_BETWEEN) return
    if (secrecyOf(this.#text.slice(value.start, value.end)) === undefined) return
    this.#named = value.end
    EMPTY_LINE.lastIndex = value.end
    if (!EMPTY_LINE.test(this.#text)) return
    const start = EMPTY_LINE.lastIndex
    this.#hide({ start, end: lineEnd(this.#text, start) })
  }

  #reach({ name, start }: PairKey, at: number): Reach {
    const header = this.#text.charCodeAt(at) === COLON
    if (/cookie/i.test(name)) return header || this.#isCookiePair(at + 1) ? 'line' : 'word'
    if (SCHEMED.test(name)) return 'scheme'
    const typed = header || this.#text[at - 1] === ' ' || this.#text[start - 1] === ';'
    return typed && TYPED.test(name) ? 'words' : 'word'
  }

  #isCookiePair(at: number): boolean {
    COOKIE_PAIR.lastIndex = at
    return COOKIE_PAIR.test(this.#text)
  }

  /** Where the quote closes that the pair stands in: `-H "Authorization: Bearer x"`. */
  #limit({ start }: PairKey, at: number): number {
    const before = start - 1
    if (before < 0 || !'"\'`'.includes(this.#text.charAt(before))) return this.#text.length
    const end = this.#values.quotedEnd(before)
    return end > at ? end : this.#text.length
  }
}

/** What parsers say: `Unexpected token: x`. */
function isSyntax(text: string, { name, start }: PairKey): boolean {
  return name === 'token' && /unexpected $/i.test(text.slice(Math.max(0, start - 11), start))
}

/** How many tokens, not which: a number, or an object of numbers. */
function isCounted(value: string): boolean {
  return /^\d+$/.test(value) || (value.startsWith('{') && !/:\s*[^\s\d]/.test(value))
}
