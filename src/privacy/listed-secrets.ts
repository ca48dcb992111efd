import { PairValues } from './pair-value.ts'
import { hidesNext } from './secret-entry.ts'
import { withoutFound } from './span.ts'

/** An item of a list in brackets, in quotes (in Python's way too), and what comes up to the quote of the next. */
const ITEM = /(?<=[[(,]\s{0,8}[bur]?)(\\{0,40}["'`])([\w.-]{2,64})\1(?=(\s{0,8},\s{0,8}[bur]?\\{0,40}["'`]))/g

/** The text without the secrets in lists: `["--password","x"]`, `[ 'X-Api-Key', 'x', 'Host', 'h' ]`. */
export function withoutListedSecrets(text: string): string {
  const values = new PairValues(text)
  return withoutFound(text, ITEM, ({ 0: found, 2: item = '', 3: gap = '', index }) => {
    const span = hidesNext(item, 0, 2) ? values.quoted(index + found.length + gap.length - 1) : undefined
    return span === undefined || isKey(text, span.end) ? undefined : span
  })
}

/** Whether what ends there is the key of a pair: `"type":"password","name":"x"`. */
function isKey(text: string, end: number): boolean {
  return /^\\*["'`]\s?[:=]/.test(text.slice(end, end + 20))
}
