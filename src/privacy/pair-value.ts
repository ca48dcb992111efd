import { REDACTED } from './redacted.ts'
import type { Span } from './span.ts'
import { wordEnd } from './word-end.ts'

/** How far a value without quotes reaches: one word (two when the first names a scheme), words up to a sign that it ends, the rest of its line. */
export type Reach = 'word' | 'scheme' | 'words' | 'line'

const BACKSLASH = 92
const MAX_BACKSLASHES = 64
const QUOTES = '"\'`'
const LITERAL = /^(?:null|undefined|true|false|nil|None)$/
/** Words that stand before a secret. */
const SCHEME = /^(?:bearer|basic|digest|negotiate|ntlm|\w*token|oauth|hawk|jwt|(?:api-?)?key|aws4-hmac-sha256)$/i
const SCHEME_LIKE = /^[A-Za-z][\w-]{0,31}$/
/** `Digest username="x", response="y"`. */
const PARAMETER = /^[\w-]+=[^\s=]/
/** What comes after white space and does not belong to the value. */
const STOPS = /[ \t]+(?:[-–—|(]|\/\/|[\w.$-]{1,64}["']?[=:])/y
const LINE_END = /[\r\n]|\\+[rn]/g

/** Finds values in one text, from front to back. */
export class PairValues {
  readonly #text: string
  #newline = -1

  constructor(text: string) {
    this.#text = text
  }

  /**
   * Where the value is that begins after a separator, without its quotes; undefined when there is none, or none that is a secret (`null`).
   * @param limit the value ends before it: there the quote closes that its key stands in
   */
  after(from: number, reach: Reach, limit: number): Span | undefined {
    const text = this.#text
    const start = valueStart(text, from)
    if (start >= limit || text.startsWith(REDACTED, start)) return undefined
    const open = quoteAt(text, start)
    const end = open >= 0 ? this.quotedEnd(open) : Math.min(limit, this.#unquotedEnd(start, reach))
    const first = open >= 0 ? open + 1 : start
    return end <= first || LITERAL.test(text.slice(first, Math.min(end, first + 10)))
      ? undefined
      : { start: first, end }
  }

  /** Where the quote at `open` is closed, with as many backslashes before it; the end of the line when it is not. */
  quotedEnd(open: number): number {
    const text = this.#text
    const quote = text.charAt(open)
    const level = backslashesBefore(text, open)
    const newline = this.#newlineAfter(open)
    for (let at = text.indexOf(quote, open + 1); at >= 0 && at < newline; at = text.indexOf(quote, at + 1)) {
      const extra = backslashesBefore(text, at) - level
      if (extra <= 0) return at - level - extra
      if (extra % (2 * level + 2) === 0) return at - level
    }
    return newline
  }

  #newlineAfter(from: number): number {
    if (this.#newline < from) {
      const at = this.#text.indexOf('\n', from)
      this.#newline = at < 0 ? this.#text.length : at
    }
    return this.#newline
  }

  #unquotedEnd(start: number, reach: Reach): number {
    const first = this.#text[start]
    if (first === '{' || first === '[') return this.#nestedEnd(start)
    if (reach === 'line') return lineEnd(this.#text, start)
    return reach === 'words' ? this.#wordsEnd(start) : this.#schemeEnd(start, reach)
  }

  /** Where the bracket at `start` is closed; the end of the text when it is not. */
  #nestedEnd(start: number): number {
    const text = this.#text
    let depth = 0
    for (let at = start; at < text.length; at++) {
      const character = text[at]
      if (character === '{' || character === '[') depth++
      else if (character === '"' || character === "'") at = this.quotedEnd(at)
      else if ((character === '}' || character === ']') && --depth === 0) return at + 1
    }
    return text.length
  }

  #wordsEnd(start: number): number {
    const text = this.#text
    for (let end = wordEnd(text, start); ;) {
      const next = afterSpaces(text, end)
      STOPS.lastIndex = end
      if (next === end || next >= text.length || STOPS.test(text)) return end
      end = wordEnd(text, next)
      if (end === next) return end
    }
  }

  #schemeEnd(start: number, reach: Reach): number {
    const text = this.#text
    const end = wordEnd(text, start)
    const next = afterSpaces(text, end)
    if (next === end || next >= text.length) return end
    if (!(reach === 'scheme' ? SCHEME_LIKE : SCHEME).test(text.slice(start, Math.min(end, start + 40)))) return end
    return PARAMETER.test(text.slice(next, next + 66)) ? lineEnd(text, next) : wordEnd(text, next)
  }
}

/** The rest of the line, also where its end is written as an escape. */
export function lineEnd(text: string, from: number): number {
  LINE_END.lastIndex = from
  return LINE_END.exec(text)?.index ?? text.length
}

function valueStart(text: string, from: number): number {
  let at = from
  while (at < text.length && '=> \t*'.includes(text.charAt(at))) at++
  return at
}

/** Where a quote is, behind any backslashes; -1 when something else is there. */
function quoteAt(text: string, start: number): number {
  let at = start
  while (text.charCodeAt(at) === BACKSLASH && at - start < MAX_BACKSLASHES) at++
  return at < text.length && QUOTES.includes(text.charAt(at)) ? at : -1
}

function backslashesBefore(text: string, at: number): number {
  let first = at
  while (first > 0 && text.charCodeAt(first - 1) === BACKSLASH && at - first < MAX_BACKSLASHES) first--
  return at - first
}

function afterSpaces(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++
  return at
}
