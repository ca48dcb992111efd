import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'vitest'

/** Rights don't bind root. */
export const NOT_ROOT = process.getuid?.() === 0 ? { uid: 65_534 } : {}

/** A file system of 2 MiB for one test. */
export function mountSmall({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): string {
  const directory = mkdtempSync(join(tmpdir(), 'clew-small-'))
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', directory])
  onTestFinished(() => {
    spawnSync('umount', ['-l', directory])
    rmSync(directory, { recursive: true })
  })
  if (status !== 0) throw new Error(`can't mount: ${String(stderr)}`)
  return directory
}

/** Whether a file system can be mounted here. Few containers may, so this is no matter of CI; a limit to the size of files stands in for it everywhere. */
export function canMount(): boolean {
  if (spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0) return true
  console.warn('tests on a full file system are left out: run them as root, where mount is allowed')
  return false
}
