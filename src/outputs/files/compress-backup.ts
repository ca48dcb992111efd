import { createReadStream } from 'node:fs'
import { open, rename, rm, stat, utimes } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/**
 * Puts a gzipped file in the place of a backup, with its time, off the main thread. Whenever it is interrupted, one of both is there and whole.
 * @returns false when the file grew meanwhile: somebody still writes to it, and it stays as it is
 * @throws what the file system says
 */
export async function compressBackup(path: string): Promise<boolean> {
  const part = `${path}.gz.${process.pid}.part`
  const { mode } = await stat(path)
  const target = await open(part, 'wx', mode & 0o777)
  try {
    const source = createReadStream(path)
    await pipeline(source, createGzip(), target.createWriteStream({ flush: true }))
    const { size, atime, mtime } = await stat(path)
    if (size !== source.bytesRead) return false
    await utimes(part, atime, mtime)
    await rename(part, `${path}.gz`)
    await rm(path, { force: true })
    return true
  } finally {
    await rm(part, { force: true })
  }
}
