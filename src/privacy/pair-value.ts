import { REDACTED } from './redacted.ts'
import type { Span } from './span.ts'
import { wordEnd } from './word-end.ts'

/** How far a value without quotes reaches: one word (two when the first names a scheme), words up to a sign that it ends, the rest of its line. */
export type Reach = 'word' | 'scheme' | 'words' | 'line'

const BACKSLASH = 92
const MAX_BACKSLASHES = 64
const QUOTES = '"\'`'
const LITERAL = /^(?:null|undefined|true|false|nil|None|YES|NO)$/
/** Words that stand before a secret. */
const SCHEME = /^(?:bearer|basic|digest|negotiate|ntlm|\w*token|oauth|hawk|jwt|(?:api-?)?key|aws4-hmac-sha256)$/i
const SCHEME_LIKE = /^[A-Za-z][\w-]{0,31}$/
/** `Digest username="x", response="y"`. */
const PARAMETER = /^[\w-]+=[^\s=]/
/** What comes after white space and does not belong to the value. */
const STOPS = /[ \t]+(?:[-–—|(]|\/\/|[\w.$-]{1,64}["']?[=:])/y
/** YAML's text or list on the lines below the key. */
const BLOCK = /[ \t]*(?:[|>][+-]?[ \t]*(?:\r?\n[ \t]+[^\r\n]+)+|(?:\r?\n[ \t]*-[ \t]+[^\r\n]+)+)/y
/** A colour on a terminal. */
// oxlint-disable-next-line no-control-regex -- it is what is looked for
const COLOUR = /\u001b\[[\d;]{0,12}m\s{0,8}/y
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
  after(from: number, reach: Reach, limit = this.#text.length): Span | undefined {
    const text = this.#text
    // Nothing is searched beyond the limit: the next pair would do so again.
    if (limit < text.length) return new PairValues(text.slice(0, limit)).after(from, reach)
    BLOCK.lastIndex = from
    if (BLOCK.test(text)) return { start: from, end: BLOCK.lastIndex }
    const start = valueStart(text, from)
    if (start >= text.length) return undefined
    if (text.startsWith(REDACTED, start)) return restOfHidden(text, start)
    const open = quoteAt(text, start)
    if (open >= 0) return this.quoted(open)
    const end = this.#unquotedEnd(start, reach)
    return end <= start || LITERAL.test(text.slice(start, Math.min(end, start + 10))) ? undefined : { start, end }
  }

  /** What stands in the quotes that open there; undefined when it is nothing. */
  quoted(open: number): Span | undefined {
    const end = this.quotedEnd(open)
    return end <= open + 1 ? undefined : { start: open + 1, end }
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

/** A value that was hidden already, when more of its word follows. */
function restOfHidden(text: string, start: number): Span | undefined {
  const hidden = start + REDACTED.length
  const end = wordEnd(text, hidden)
  return end === hidden ? undefined : { start, end }
}

/** The rest of the line, also where its end is written as an escape. */
export function lineEnd(text: string, from: number): number {
  LINE_END.lastIndex = from
  return LINE_END.exec(text)?.index ?? text.length
}

function valueStart(text: string, from: number): number {
  let at = from
  while (at < text.length && '=> \t*'.includes(text.charAt(at))) at++
  if (text[at] !== '\u001b') return at
  COLOUR.lastIndex = at
  return COLOUR.test(text) ? COLOUR.lastIndex : at
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
