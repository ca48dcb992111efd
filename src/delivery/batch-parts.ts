import type { GroupEntries } from '../spool/index.ts'

/** Some entries of a batch, each under its group. */
export type Part = readonly GroupEntries[]

/** How many entries a part of a batch holds. */
export function sizeOf(part: Part): number {
  return part.reduce((count, { entries }) => count + entries.length, 0)
}

/** The first so many of a part's entries, and the others, in order. */
export function splitAt(part: Part, size: number): [first: Part, others: Part] {
  let room = size
  const halves: [GroupEntries[], GroupEntries[]] = [[], []]
  for (const { group, entries } of part) {
    const first = entries.slice(0, room)
    const others = entries.slice(room)
    room -= first.length
    if (first.length > 0) halves[0].push({ group, entries: first })
    if (others.length > 0) halves[1].push({ group, entries: others })
  }
  return halves
}
