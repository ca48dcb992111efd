import { REDACTED } from './redacted.ts'

const CREDENTIALS = /\b(bearer|basic)([ \t]{1,8})([\w.~+/=-]+)/gi
const MAX_DECODED = 256

/**
 * The text without the credentials after `Bearer` and `Basic`, where no header's name tells of them. `a bearer of news` and `the basic plan` stay.
 * @param cut the text is the beginning of a longer one: what its end cuts off is left out
 */
export function withoutSchemeCredentials(text: string, cut: boolean): string {
  return text.replace(CREDENTIALS, (all: string, scheme: string, space: string, token: string, at: number) => {
    const half = cut && at + all.length === text.length
    const secret = half || (scheme.length === 5 ? isUserAndPassword(token) : looksRandom(token))
    return secret ? scheme + space + REDACTED : all
  })
}

/** Whether a word is no word of a language: a digit, a sign or a capital in its midst, or too long. */
function looksRandom(word: string): boolean {
  return word.length > 20 || /\d|[a-z][A-Z]|[~+/=_]|\.\w/.test(word)
}

function isUserAndPassword(token: string): boolean {
  const decoded = Buffer.from(token.slice(0, MAX_DECODED), 'base64').toString('latin1')
  return /^[\x20-\x7e]*:/.test(decoded) || (token.length > 20 && looksRandom(token))
}
