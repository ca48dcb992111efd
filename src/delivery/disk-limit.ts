import { LANES_TO_DROP, type LaneName, type SegmentQueue } from '../spool/index.ts'

/**
 * Makes room when the segments take more than they may: the oldest complete segment of the least lane goes, then the next. Audit never does.
 * @returns how many entries had to go
 */
export function keepWithin(
  maxBytes: number,
  lanes: ReadonlyMap<LaneName, { readonly segments: SegmentQueue }>,
): number {
  let dropped = 0
  let total = 0
  for (const { segments } of lanes.values()) total += segments.byteLength
  for (const lane of LANES_TO_DROP) {
    const segments = lanes.get(lane)?.segments
    while (segments !== undefined && total > maxBytes) {
      const before = segments.byteLength
      const count = segments.dropOldest()
      if (count === undefined) break
      dropped += count
      total -= before - segments.byteLength
    }
  }
  return dropped
}
