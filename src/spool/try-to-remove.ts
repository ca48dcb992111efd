import { rmSync } from 'node:fs'

/** Removes a file if that is possible: on a disk that can't be written it stays. */
export function tryToRemove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // it is found again by the next process
  }
}
