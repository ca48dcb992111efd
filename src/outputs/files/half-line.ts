import { closeSync, fchmodSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'

/** No line is longer. */
const MAX_LINE_BYTES = 4 * 1024 * 1024
const FIRST_READ_BYTES = 16_384
const LINE_FEED = 10

/** Whoever appends all the time leaves nothing behind that could be taken back. */
const ATTEMPTS = 10

/**
 * Takes half a line of JSON from the end of a file: where the disk was full, or a process was killed while it wrote. Somebody else's text stays. Never throws.
 * @returns whether what is appended next begins a line
 */
export function removeHalfLine(path: string): boolean {
  try {
    const descriptor = openSync(path, 'r+')
    try {
      const end = settledEnd(descriptor)
      if (end === undefined || end.tail.length === 0) return true
      if (!isHalf(end.tail.toString())) return false
      ftruncateSync(descriptor, end.size - end.tail.length)
      return true
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return true
  }
}

interface FileEnd {
  readonly size: number
  readonly tail: Buffer
}

/** The end of a file at a moment when nobody is about to write it: a write that has begun has the inode's lock until it is done, and changing the mode waits for that. */
function settledEnd(descriptor: number): FileEnd | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { size, mode } = fstatSync(descriptor)
    const tail = lastLine(descriptor, size)
    if (tail.length === 0) return { size, tail }
    fchmodSync(descriptor, mode & 0o7777)
    if (fstatSync(descriptor).size === size) return { size, tail }
  }
  return undefined
}

/** What is behind the last line feed. */
function lastLine(descriptor: number, size: number): Buffer {
  for (let length = FIRST_READ_BYTES; ; length *= 4) {
    const end = Buffer.alloc(Math.min(length, size))
    readSync(descriptor, end, 0, end.length, size - end.length)
    const at = end.lastIndexOf(LINE_FEED)
    if (at >= 0 || end.length === size || length >= MAX_LINE_BYTES) return end.subarray(at + 1)
  }
}

function isHalf(text: string): boolean {
  if (!text.startsWith('{')) return false
  try {
    JSON.parse(text)
    return false
  } catch {
    return true
  }
}
