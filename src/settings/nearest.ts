import { closestMatch } from 'leven'

/** How much of a word may be wrong. */
const MAX_WRONG = 0.34

/** The one of these words that was probably meant, in any case, with or without underscores, `ms` or `millis`; undefined when none is near. */
export function nearest(text: string, words: readonly string[]): string | undefined {
  const bare = bareWord(text)
  const maxDistance = Math.max(1, Math.floor(bare.length * MAX_WRONG))
  const found = closestMatch(bare, words.map(bareWord), { maxDistance })
  return found === undefined ? undefined : words.find((word) => bareWord(word) === found)
}

function bareWord(word: string): string {
  return word
    .toLowerCase()
    .replaceAll(/[_-]/g, '')
    .replace(/millis$/, 'ms')
}
