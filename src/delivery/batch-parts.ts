import type { GroupEntries } from '../spool/index.ts'

/** How many entries a part of a batch holds. */
export function sizeOf(part: readonly GroupEntries[]): number {
  return part.reduce((count, { entries }) => count + entries.length, 0)
}

/** The first and the second half of a part's entries, in order, each under its groups. */
export function halve(part: readonly GroupEntries[]): [GroupEntries[], GroupEntries[]] {
  let room = Math.ceil(sizeOf(part) / 2)
  const halves: [GroupEntries[], GroupEntries[]] = [[], []]
  for (const { group, entries } of part) {
    const first = entries.slice(0, room)
    const second = entries.slice(room)
    room -= first.length
    if (first.length > 0) halves[0].push({ group, entries: first })
    if (second.length > 0) halves[1].push({ group, entries: second })
  }
  return halves
}
