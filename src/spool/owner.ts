import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
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

const HOST = hostname().replace(/[^a-zA-Z0-9-]/g, '') || 'host'

/** A name for this thread as owner of segments: host, process and the process's start tell whether it still lives. */
export function createOwner(): string {
  return [HOST, process.pid, startTicks(process.pid) ?? '0', randomBytes(4).toString('hex')].join('_')
}

/** Whether the process that made this owner name may still be running. Owners on other hosts are taken for alive. */
export function isAlive(owner: string): boolean {
  const [host, pidText, ticks] = owner.split('_')
  const pid = Number(pidText)
  if (host !== HOST || !Number.isInteger(pid) || pid <= 0) return host !== HOST
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const now = startTicks(pid)
  return now === undefined || ticks === '0' || now === ticks
}

/** When a process started, in ticks since boot, from Linux's /proc; `undefined` elsewhere. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

export function segmentFile(name: SegmentName): string {
  return `${name.owner}~${name.lane}~${name.writer}~${String(name.sequence).padStart(8, '0')}.seg`
}

/** `undefined` when the file is not a segment. */
export function parseSegmentFile(file: string): SegmentName | undefined {
  const match = /^([^~]+)~([a-z]+)~([^~]+)~(\d+)\.seg$/.exec(file)
  if (match === null) return undefined
  const [, owner = '', lane = '', writer = '', sequence = ''] = match
  if (!LANES.includes(lane as LaneName)) return undefined
  return { owner, lane: lane as LaneName, writer, sequence: Number(sequence) }
}
