import { PairValues } from './pair-value.ts'
import { withoutFound } from './span.ts'

/** The quote is looked for first, since it is rarer than the words before it. */
const OPENING =
  /["'`](?<=\b(?:pass ?(?:word|wd|phrase|code)?|pwd|identified by|(?:api|private|access|secret)[ _-]?key)(?:\\{0,40}["'`])?[ \t(]{1,4}(?:(?:with value|is|was|of|to|set to)[ \t])?\\{0,40}["'`])/gi

/** The text without quoted passwords that follow the word without a sign between: `PASSWORD 'x'`, `the password is "x"`, `"password" with value "x"`. */
export function withoutQuotedPasswords(text: string): string {
  const values = new PairValues(text)
  return withoutFound(text, OPENING, ({ index }) => values.quoted(index))
}
