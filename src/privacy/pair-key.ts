import { characterSet } from './character-set.ts'

/** A key before a separator in running text. */
export interface PairKey {
  readonly name: string
  /** Where its first character is. */
  readonly start: number
}

const MAX_LENGTH = 64
const MAX_GAP = 40
const BACKSLASH = 92
const SMALL_M = 109
const ESCAPE = 27
const COLOUR_START = /^\[[\d;]{0,12}m/
/** The end of a colour on a terminal. */
// oxlint-disable-next-line no-control-regex -- it is what is looked for
const COLOUR = /\u001b\[[\d;]{0,12}m$/

/** Characters of a key: `user[password]`, `http.headers.x-api-key`, `$TOKEN`, `user%5Bpassword%5D`. */
const IN_KEY = characterSet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-$[]%')
/** What may stand between a key and its separator: quotes with their backslashes, a bracket (`headers['cookie'] = x`), and Markdown's stars. */
const AROUND_KEY = characterSet('"\'`\\*]')
/** Last words that tell what they mean only with the word before: `API key: x`, `authorization header: x`. */
const NEEDS_MORE = /^(?:keys?|string|phrase|word|code|header|value|hash)$/i

/**
 * The key that ends before `at`, in quotes or not, with the word before it where it needs one; looks no further back than `floor`. Undefined when there is none, and for what
 * can't name a secret: a number, as in times and in places in source files.
 */
export function keyBefore(text: string, at: number, floor: number): PairKey | undefined {
  let end = backOver(text, at, floor, isSpace)
  if (text.charCodeAt(end - 1) === SMALL_M) end = beforeColour(text, end, floor)
  end = backOver(text, end, floor, isAround)
  let start = wordStart(text, end, floor)
  if (end - start < 2 || (isDigit(text.charCodeAt(start)) && isDigit(text.charCodeAt(end - 1)))) return undefined
  if (isEscape(text, start, floor)) start++
  else if (text.charCodeAt(start - 1) === ESCAPE) start += COLOUR_START.exec(text.slice(start, end))?.[0].length ?? 0
  const name = text.slice(start, end)
  if (!NEEDS_MORE.test(name)) return { name, start }
  const before = backOver(text, start, floor, isSpace)
  const first = wordStart(text, before, floor)
  return before === start || first === before ? { name, start } : { name: text.slice(first, end), start: first }
}

function wordStart(text: string, end: number, floor: number): number {
  const least = Math.max(floor, end - MAX_LENGTH)
  let start = end
  while (start > least && IN_KEY[text.charCodeAt(start - 1)] === 1) start--
  return start
}

function backOver(text: string, from: number, floor: number, passes: (code: number) => boolean): number {
  const least = Math.max(floor, from - MAX_GAP)
  let at = from
  while (at > least && passes(text.charCodeAt(at - 1))) at--
  return at
}

/** Whether the word's first letter belongs to an escape before it: `\ntoken: x` in JSON text. */
function isEscape(text: string, start: number, floor: number): boolean {
  return start > floor && text.charCodeAt(start - 1) === BACKSLASH && 'nrt'.includes(text.charAt(start))
}

function beforeColour(text: string, end: number, floor: number): number {
  return end - (COLOUR.exec(text.slice(Math.max(floor, end - 16), end))?.[0].length ?? 0)
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9
}

function isAround(code: number): boolean {
  return AROUND_KEY[code] === 1
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
