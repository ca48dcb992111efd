import { randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** An owner whose lease was not renewed for so long is taken for gone, where its process can't be looked at. */
const LEASE_MILLIS = 60_000

/** Where process ids mean the same: a host, and on Linux one of its process namespaces (two containers may share a host name, not a namespace). */
const PLACE = `${hostname().replace(/[^a-zA-Z0-9-]/g, '') || 'host'}-${processNamespace()}`

/** A name for this thread as owner of segments: place, process and the process's start tell whether it still lives. */
export function createOwner(): string {
  return [PLACE, process.pid, startTicks(process.pid) ?? '0', randomBytes(4).toString('hex')].join('_')
}

/** Says that the owner lives: other hosts can't look at its process. To be called well within a minute of the last time. */
export function renewLease(directory: string, owner: string): void {
  const path = leasePath(directory, owner)
  try {
    const now = new Date()
    utimesSync(path, now, now)
  } catch {
    writeFileSync(path, '', { mode: 0o600 })
  }
}

export function leasePath(directory: string, owner: string): string {
  return join(directory, `${owner}.lease`)
}

/** Whether an owner may still be writing. Where its process can be looked at that decides, elsewhere its lease, by the clock of the file system. */
export function isAlive(directory: string, owner: string, self: string): boolean {
  const [place, pidText = '', ticks] = owner.split('_')
  if (place !== PLACE) return hasLease(directory, owner, self)
  const pid = Number(pidText)
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const now = startTicks(pid)
  return now === undefined || ticks === '0' || now === ticks
}

function hasLease(directory: string, owner: string, self: string): boolean {
  const renewed = (name: string): number | undefined =>
    statSync(leasePath(directory, name), { throwIfNoEntry: false })?.mtimeMs
  const theirs = renewed(owner)
  const ours = renewed(self)
  return theirs !== undefined && ours !== undefined && ours - theirs < LEASE_MILLIS
}

/** When a process started, in ticks since boot, from Linux's /proc; undefined elsewhere. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')
  } catch {
    return '0'
  }
}
