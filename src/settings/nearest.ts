import type * as Leven from 'leven'

/** How much of a word may be wrong. */
const MAX_WRONG = 0.34

/** The one of these words that was probably meant, in any case, with or without underscores, `ms` or `millis`; undefined when none is near. */
export function nearest(text: string, words: readonly string[]): string | undefined {
  const bare = bareWord(text)
  const maxDistance = Math.max(1, Math.floor(bare.length * MAX_WRONG))
  const found = loadLeven()?.closestMatch(bare, words.map(bareWord), { maxDistance })
  return found === undefined ? undefined : words.find((word) => bareWord(word) === found)
}

function bareWord(word: string): string {
  return word
    .toLowerCase()
    .replaceAll(/[_-]/g, '')
    .replace(/millis$/, 'ms')
}

/** Only a start with mistakes needs it. Bundlers put in what the first `require` names; an ES module that is no bundle has none. Where it can't be had, there are no suggestions. */
function loadLeven(): typeof Leven | undefined {
  try {
    return require('leven') as typeof Leven
  } catch {
    return requireBeside('leven') as typeof Leven | undefined
  }
}

function requireBeside(name: string): unknown {
  try {
    return process.getBuiltinModule('node:module').createRequire(import.meta.url)(name)
  } catch {
    return undefined
  }
}
