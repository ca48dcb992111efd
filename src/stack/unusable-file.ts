import { lstatSync, readFileSync } from 'node:fs'

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file stands where a folder has to be',
  EISDIR: 'it is a folder',
  ENOENT: 'there is none',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a file stands where a folder has to be',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
}

/** A file or folder that can't be read or written, with the reason in words. */
export class UnusableFile extends Error {
  constructor(what: string, cause: unknown) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    super(`${what}: ${REASONS[code] ?? message}${code === '' ? '' : ` (${code})`}`, { cause })
    this.name = 'UnusableFile'
  }
}

/** What stopped the writing of files when some of them were in their places already. */
export class PartlyWritten extends UnusableFile {}

/** The text of a file. @throws UnusableFile */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UnusableFile(`can't read ${file}`, error)
  }
}

/** Whether something is at a path, be it a link to what is not there. @throws UnusableFile */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    throw new UnusableFile(`can't read ${path}`, error)
  }
}
