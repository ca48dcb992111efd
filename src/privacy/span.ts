import { REDACTED } from './redacted.ts'

/** A stretch of a text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * The text with a mark in place of each span that is found.
 * @param sign a global expression: where something may be
 * @param find says where a secret is, at or behind the sign; the search goes on behind it
 */
export function withoutFound(text: string, sign: RegExp, find: (match: RegExpExecArray) => Span | undefined): string {
  let safe = ''
  let copied = 0
  sign.lastIndex = 0
  for (let match = sign.exec(text); match !== null; match = sign.exec(text)) {
    const span = find(match)
    if (span === undefined || span.start < copied) continue
    safe += text.slice(copied, span.start) + REDACTED
    copied = span.end
    sign.lastIndex = Math.max(sign.lastIndex, copied)
  }
  return copied === 0 ? text : safe + text.slice(copied)
}
