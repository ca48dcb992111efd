import { PairValues } from './pair-value.ts'
import type { Span } from './span.ts'

/** The quote is looked for first, since it is rarer than the words before it. */
const OPENING =
  /["'`](?<=\b(?:pass ?(?:word|wd|phrase|code)?|pwd|identified by)[ \t]{1,4}(?:(?:is|was|of|to|set to)[ \t])?\\{0,8}["'`])/gi

/** Where the quoted passwords are that follow the word without a sign between: `PASSWORD 'x'`, `the password is "x"`. */
export function* quotedPasswords(text: string): Generator<Span> {
  const values = new PairValues(text)
  for (const { index } of text.matchAll(OPENING)) {
    const end = values.quotedEnd(index)
    if (end > index + 1) yield { start: index + 1, end }
  }
}
