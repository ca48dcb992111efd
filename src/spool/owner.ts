import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, readlinkSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { tryToRemove } from './try-to-remove.ts'

/** An owner whose lease was not renewed for so long is taken for gone, where its thread can't be looked at. */
const LEASE_MILLIS = 60_000

/** Where process ids mean the same: a host, and on Linux one of its process namespaces (two containers may share a host name, not a namespace). */
const PLACE = `${hostname().replace(/[^a-zA-Z0-9-]/g, '') || 'host'}-${linkNumber('/proc/self/ns/pid')}`

/** In place of a thread's number, where the system does not tell it. */
const MAIN_THREAD = 'main'
const WORKER_THREAD = 'worker'

/** A name for this thread as owner of segments: place, process, thread and the thread's start tell whether it still lives. */
export function createOwner(): string {
  const { pid } = process
  const thread = ownThread()
  return [PLACE, pid, thread, startTicks(pid, thread) ?? '0', randomBytes(4).toString('hex')].join('_')
}

/** Says that the owner lives: other hosts can't look at its thread. To be called well within a minute of the last time. */
export function renewLease(directory: string, owner: string): void {
  const path = leasePath(directory, owner)
  try {
    const now = new Date()
    utimesSync(path, now, now)
  } catch {
    writeFileSync(path, '', { mode: 0o600 })
  }
}

/** Ends the lease: others may take over what is left. */
export function endLease(directory: string, owner: string): void {
  tryToRemove(leasePath(directory, owner))
}

function leasePath(directory: string, owner: string): string {
  return join(directory, `${owner}.lease`)
}

/**
 * Whether an owner may still be writing or reading: not when it ended its lease; else its thread decides where that can be looked at, elsewhere the age of the lease, by the clock of the file system.
 * @param self who asks, and has a lease of its own; undefined where nobody does, and this host's clock has to do
 */
export function isAlive(directory: string, owner: string, self: string | undefined): boolean {
  const [place, pidText = '', thread = '', ticks = ''] = owner.split('_')
  if (place !== PLACE) return hasLease(directory, owner, self)
  const pid = Number(pidText)
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  if (!existsSync(leasePath(directory, owner))) return false
  if (thread === MAIN_THREAD) return true
  return thread === WORKER_THREAD ? hasLease(directory, owner, self) : startTicks(pid, thread) === ticks
}

function hasLease(directory: string, owner: string, self: string | undefined): boolean {
  const renewed = (name: string): number | undefined =>
    statSync(leasePath(directory, name), { throwIfNoEntry: false })?.mtimeMs
  const theirs = renewed(owner)
  const ours = self === undefined ? Date.now() : renewed(self)
  return theirs !== undefined && ours !== undefined && ours - theirs < LEASE_MILLIS
}

/** The number of the thread that calls, from Linux's /proc. */
function ownThread(): string {
  const thread = linkNumber('/proc/thread-self')
  if (thread !== '0') return thread
  return isMainThread ? MAIN_THREAD : WORKER_THREAD
}

/** When a thread started, in ticks since boot, from Linux's /proc; undefined elsewhere, and when there is none. */
function startTicks(pid: number, thread: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

/** The last number in what a link leads to; '0' when there is no such link. */
function linkNumber(link: string): string {
  try {
    return /(\d+)\D*$/.exec(readlinkSync(link))?.[1] ?? '0'
  } catch {
    return '0'
  }
}
