import type { LaneName } from '../spool/index.ts'

/** What can give up its oldest entries. */
export interface Droppable {
  readonly byteLength: number
  /** @returns how many entries went; undefined when nothing can go */
  dropOldest(): number | undefined
}

/**
 * Makes room when lanes together take more than they may: the oldest of the first lane goes until nothing of it can go any more, then that of the next. Lanes that are
 * not named never give anything up.
 * @param dropped hears how many entries of a lane had to go
 */
export function keepWithin(
  maxBytes: number,
  lanes: ReadonlyMap<LaneName, Droppable>,
  order: readonly LaneName[],
  dropped: (lane: LaneName, count: number) => void,
): void {
  const isOver = (): boolean => [...lanes.values()].reduce((total, { byteLength }) => total + byteLength, 0) > maxBytes
  for (const lane of order) {
    let total = 0
    for (let count: number | undefined = 0; count !== undefined && isOver(); total += count ?? 0) {
      count = lanes.get(lane)?.dropOldest()
    }
    if (total > 0) dropped(lane, total)
  }
}
