import { readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { OWNER_ONLY } from './appended-file.ts'
import { isAlive } from './is-alive.ts'

/** Nobody holds it for so long. */
const STALE_MILLIS = 10_000

/**
 * Runs a function while no other process runs one with the same lock: a file that is there meanwhile. Nothing may depend on it for what is written to be safe: it is no more than a way not to do the same twice.
 * @returns what the function answers; undefined when another process holds the lock
 * @throws what the function throws, and what the file system says
 */
export function whileLocked<R>(path: string, run: () => R): R | undefined {
  if (!take(path) && !(isStale(path) && take(path))) return undefined
  try {
    return run()
  } finally {
    remove(path)
  }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx', mode: OWNER_ONLY })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes it then. */
function isStale(path: string): boolean {
  try {
    const holder = Number(readFileSync(path, 'utf8'))
    const age = Math.abs(Date.now() - statSync(path).mtimeMs)
    if (age < STALE_MILLIS && (holder === 0 || isAlive(holder))) return false
    remove(path)
  } catch {
    // It was given back.
  }
  return true
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Another process took it for stale.
  }
}
