/** A piece of a pattern: text as it is, or any characters. */
export type PatternPiece = { readonly text: string } | 'any'

/** Takes a pattern apart: `*` is any characters; `\*` and `\\` are the characters themselves, and a backslash before anything else is one. */
export function patternPieces(pattern: string): PatternPiece[] {
  const pieces: PatternPiece[] = []
  for (const [found] of pattern.matchAll(/\*|\\[*\\]|\\|[^*\\]+/g)) {
    const last = pieces.at(-1)
    if (found === '*') {
      if (last !== 'any') pieces.push('any')
      continue
    }
    const text = found.length === 2 && found.startsWith('\\') ? found.slice(1) : found
    if (typeof last === 'object') pieces[pieces.length - 1] = { text: last.text + text }
    else pieces.push({ text })
  }
  return pieces
}

/** Whether it fits every value that is there. */
export function isAny(pattern: string): boolean {
  const pieces = patternPieces(pattern)
  return pieces.length === 1 && pieces[0] === 'any'
}

/** The one value that it fits; undefined where it fits many. */
export function plainValue(pattern: string): string | undefined {
  const [first, ...more] = patternPieces(pattern)
  return typeof first === 'object' && more.length === 0 ? first.text : undefined
}
