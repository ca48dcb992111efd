import { INDEX_LABELS } from './labels.ts'
import { isAny, patternPieces, plainValue } from './pattern.ts'

/**
 * A string of LogQL, of PromQL and of Grafana's templates, which all read the strings of Go: JSON's escapes are among those. `$` is written as `\x24`, since Grafana puts the values of its own variables (`$__range`) and, in files, those of the environment
 * in its place. So is what Go, which prints queries into links, might write with escapes that JSON does not have (`\x7f`, `\U000e0001`).
 */
export function quote(text: string): string {
  return JSON.stringify(text.toWellFormed())
    .replaceAll('$', '\\x24')
    .replaceAll(/[\u{7f}\u{10000}-\u{10ffff}]/gu, (character) => goEscape(character.codePointAt(0) ?? 0))
}

function goEscape(codePoint: number): string {
  return `\\U${codePoint.toString(16).padStart(8, '0')}`
}

/** Text that a regular expression of RE2 takes as it is. */
export function escapeRegex(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^]/g, (character) => `\\${character}`).replaceAll('$', '\\x24')
}

/** A matcher of a label: `user_id="u-1"`, `level=~"ERROR|CRITICAL"`. A label that is absent fits none. */
export function labelMatcher(label: string, patterns: readonly string[]): string {
  if (patterns.some(isAny)) return `${label}=~".+"`
  const [only = '', ...more] = patterns
  const plain = plainValue(only)
  if (more.length === 0 && plain !== undefined) return `${label}=${quote(plain)}`
  return `${label}=~${quote(INDEX_LABELS.has(label) ? regexOf(patterns) : wholeRegexOf(patterns))}`
}

/** Without the `^`, Loki takes `u-1|u-10` for any value that contains `u-1`, where it is no label of its index. */
function wholeRegexOf(patterns: readonly string[]): string {
  const regex = regexOf(patterns)
  return regex.startsWith('(?s)') ? regex : `^(?:${regex})`
}

/** One pattern as a regular expression of RE2; both servers anchor it on both sides. */
export function patternRegex(pattern: string): string {
  return patternPieces(pattern)
    .map((piece) => (piece === 'any' ? '.*' : escapeRegex(piece.text)))
    .join('')
}

function regexOf(patterns: readonly string[]): string {
  const choices = patterns.map(patternRegex)
  // Values may have line feeds.
  return choices.some((choice, index) => choice.includes('.*') && plainValue(patterns[index] as string) === undefined)
    ? `(?s)${choices.join('|')}`
    : choices.join('|')
}
