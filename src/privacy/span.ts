import { REDACTED } from './redacted.ts'

/** A stretch of a text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The text with a mark in place of each span; the spans come in order. */
export function withoutSpans(text: string, spans: Iterable<Span>): string {
  let safe = ''
  let copied = 0
  for (const { start, end } of spans) {
    if (start < copied) continue
    safe += text.slice(copied, start) + REDACTED
    copied = end
  }
  return copied === 0 ? text : safe + text.slice(copied)
}
