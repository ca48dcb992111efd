import { REDACTED } from './redacted.ts'

const BEGIN = '-----BEGIN '
const HEADER = /[A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)?-----/y
const END = '-----END '
const DASHES = '-----'

/** The text without private keys in PEM's form, on several lines or one; what has no end reaches to the end of the text. */
export function withoutPrivateKeys(text: string): string {
  let safe = ''
  let copied = 0
  for (let at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, Math.max(copied, at + 1))) {
    HEADER.lastIndex = at + BEGIN.length
    if (!HEADER.test(text)) continue
    safe += text.slice(copied, at) + REDACTED
    copied = endOfKey(text, HEADER.lastIndex)
  }
  return copied === 0 ? text : safe + text.slice(copied)
}

function endOfKey(text: string, from: number): number {
  const end = text.indexOf(END, from)
  const dashes = end < 0 ? -1 : text.indexOf(DASHES, end + END.length)
  return dashes < 0 ? text.length : dashes + DASHES.length
}
