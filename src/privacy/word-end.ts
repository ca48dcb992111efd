import { characterSet } from './character-set.ts'

const BACKSLASH = 92
/** The next pair: what stands before it ends a value. */
const PAIR_AHEAD = /\s{0,4}(?:amp;)?\\{0,40}["'`]?[\w.$%[\]-]{1,64}\\{0,40}["'`]?\s?[=:]/y

/** Characters at which a value may end; at all others it goes on. */
const SIGNS = characterSet(' \t\r\n\\"\'`,;&)]}><')

/**
 * Where a value without quotes ends: at white space; else only where what follows shows that it does, since secrets have any characters in them. `a,b` is one value, `a,b=c` and
 * `a, b` are not.
 */
export function wordEnd(text: string, start: number): number {
  const { length } = text
  let at = start
  while (at < length) {
    if (SIGNS[text.charCodeAt(at)] !== 1) at++
    else if (text.charCodeAt(at) === BACKSLASH) {
      const next = afterBackslashes(text, at)
      if (endsAfterBackslashes(text, at, next)) return at
      at = next
    } else if (endsAt(text, at)) return at
    else at++
  }
  return length
}

function endsAt(text: string, at: number): boolean {
  switch (text[at]) {
    case '"':
    case "'":
    case '`':
    case ')':
    case ']':
    case '}':
    case '>':
      return isClosing(text, at + 1)
    case ',':
    case ';':
      return at + 1 >= text.length || ' \t\r\n'.includes(text.charAt(at + 1)) || isPair(text, at + 1)
    case '&':
      return isPair(text, at + 1)
    case '<':
      return text[at + 1] === '/'
    default:
      return true
  }
}

function isPair(text: string, at: number): boolean {
  PAIR_AHEAD.lastIndex = at
  return PAIR_AHEAD.test(text)
}

/** Whether a quote or bracket before `at` closes something. */
function isClosing(text: string, at: number): boolean {
  return at >= text.length || ' \t\r\n,;:.)]}>&<"\'`\\'.includes(text.charAt(at))
}

function afterBackslashes(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === BACKSLASH) at++
  return at
}

/** An escaped quote that closes, or a line's end written as an escape. */
function endsAfterBackslashes(text: string, from: number, at: number): boolean {
  const next = text.charAt(at)
  if (next === '"' || next === "'" || next === '`') return isClosing(text, at + 1)
  return (at - from) % 2 === 1 && (next === 'n' || next === 'r' || next === 't')
}
