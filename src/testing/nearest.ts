import { shown } from './field-match.ts'

/** Something captured, and what about it is not as expected. */
export interface Candidate {
  /** How a test reaches it, such as `records[2]`. */
  readonly place: string
  /** It, on one line. */
  readonly line: string
  /** Its name or message, to be compared with the expected one. */
  readonly title: string
  readonly differences: readonly Difference[]
}

/** One field that is not as expected. */
export interface Difference {
  readonly key: string
  readonly expected: unknown
  readonly found: unknown
}

const MAX_NEAREST = 3
const MAX_LINES = 20

/** Says which candidates come nearest and what keeps them from matching, then what else was captured. */
export function describeNearest(candidates: readonly Candidate[], title: unknown): string {
  if (candidates.length === 0) return 'nothing was captured'
  const nearest = candidates
    .toSorted((a, b) => a.differences.length - b.differences.length || likeness(b, title) - likeness(a, title))
    .slice(0, MAX_NEAREST)
  const rest = candidates.filter((candidate) => !nearest.includes(candidate))
  return [
    'nearest:',
    ...nearest.flatMap((candidate) => [candidateLine(candidate), ...candidate.differences.map(differenceLine)]),
    ...(rest.length === 0 ? [] : ['also captured:', ...describeAll(rest)]),
  ].join('\n')
}

/** A line each, so many at most. */
export function describeAll(candidates: readonly Candidate[]): string[] {
  const more = candidates.length - MAX_LINES
  return [...candidates.slice(0, MAX_LINES).map(candidateLine), ...(more > 0 ? [`  … and ${more} more`] : [])]
}

function candidateLine({ place, line }: Candidate): string {
  return `  ${place}  ${line}`
}

function differenceLine({ key, expected, found }: Difference): string {
  return `      ${key}: expected ${shown(expected)}, found ${found === undefined ? 'none' : shown(found)}`
}

/** How many words two titles share. */
function likeness(candidate: Candidate, title: unknown): number {
  const expected = new Set(words(title instanceof RegExp ? title.source : String(title)))
  return words(candidate.title).filter((word) => expected.has(word)).length
}

function words(text: string): string[] {
  return text.toLowerCase().match(/\w+/g) ?? []
}
