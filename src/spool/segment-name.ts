import { LANES, type LaneName } from './lane.ts'

/** What a segment's file name says. */
export interface SegmentName {
  /** Who may read and delete the segment. */
  readonly owner: string
  readonly lane: LaneName
  /** Who wrote it. */
  readonly writer: string
  readonly sequence: number
}

export function segmentFile(name: SegmentName): string {
  return `${name.owner}~${name.lane}~${name.writer}~${String(name.sequence).padStart(8, '0')}.seg`
}

/** Undefined when the file is not a segment. */
export function parseSegmentFile(file: string): SegmentName | undefined {
  const match = /^([^~]+)~([a-z]+)~([^~]+)~(\d+)\.seg$/.exec(file)
  if (match === null) return undefined
  const [, owner = '', lane = '', writer = '', sequence = ''] = match
  if (!LANES.includes(lane as LaneName)) return undefined
  return { owner, lane: lane as LaneName, writer, sequence: Number(sequence) }
}

/** Whether two files are the same segment, whoever owns it now. */
export function isSameSegment(file: string, other: string): boolean {
  const one = parseSegmentFile(file)
  const two = parseSegmentFile(other)
  return one !== undefined && one.writer === two?.writer && one.lane === two.lane && one.sequence === two.sequence
}
