import { LANES_TO_DROP, type LaneName, type SegmentQueue } from '../spool/index.ts'

/**
 * Makes room when the segments take more than they may: the oldest complete segment of the least lane goes, then the next. Audit never does.
 * @returns how many entries had to go
 */
export function keepWithin(
  maxBytes: number,
  lanes: ReadonlyMap<LaneName, { readonly segments: SegmentQueue }>,
): number {
  const queues = [...lanes.values()].map(({ segments }) => segments)
  const isOver = (): boolean => queues.reduce((total, { byteLength }) => total + byteLength, 0) > maxBytes
  let dropped = 0
  for (const lane of LANES_TO_DROP) {
    for (let count: number | undefined = 0; count !== undefined && isOver(); dropped += count ?? 0) {
      count = lanes.get(lane)?.segments.dropOldest()
    }
  }
  return dropped
}
