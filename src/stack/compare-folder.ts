import { createHash } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { canBeWritten } from './render-stack.ts'
import { isThere, UnusableFile } from './unusable-file.ts'

/**
 * How a file in the folder compares with what would be written: it is `missing`; the `same`; `outdated`, as it was last
 * written; `changed` by somebody else since; or `foreign`, never written by clew.
 */
export type FileState = 'missing' | 'same' | 'outdated' | 'changed' | 'foreign'

/** A folder beside what it should hold. */
export interface FolderComparison {
  /** Every file that should be there. */
  readonly states: ReadonlyMap<string, FileState>
  /** Files that were written once, are no part of the stack any more, and are as they were written. */
  readonly obsolete: readonly string[]
  /** Files that were written once, are no part of the stack any more, and are not clew's to remove: they were changed. */
  readonly leftover: readonly string[]
  /** Whether clew has written into this folder before. */
  readonly isOurs: boolean
}

/** What was written last, beside the files. */
export const MANIFEST = 'stack/.written-by-clew.json'

/** @throws UnusableFile when something is in the way of a file, or can't be read */
export function compareFolder(folder: string, wanted: ReadonlyMap<string, string>): FolderComparison {
  const known = readManifest(folder)
  const stateOf = (file: string, text: string): FileState => {
    const found = contentOf(folder, file)
    if (found === undefined) return 'missing'
    if (found.equals(Buffer.from(text))) return 'same'
    const hash = known?.[file]
    if (hash === undefined) return 'foreign'
    return hash === hashOf(found) ? 'outdated' : 'changed'
  }
  const unneeded = Object.entries(known ?? {}).filter(([file]) => !wanted.has(file) && isThere(join(folder, file)))
  const isObsolete = ([file, hash]: [string, string]): boolean => isAsWritten(folder, file, hash)
  return {
    states: new Map([...wanted].map(([file, text]) => [file, stateOf(file, text)])),
    obsolete: unneeded.filter(isObsolete).map(([file]) => file),
    leftover: unneeded.filter((one) => !isObsolete(one)).map(([file]) => file),
    isOurs: known !== undefined,
  }
}

/** Whether clew has written into this folder before. @throws UnusableFile */
export function isWrittenByClew(folder: string): boolean {
  return readManifest(folder) !== undefined
}

/** One that a link leads to, out of the folder, is none of clew's. */
function isAsWritten(folder: string, file: string, hash: string): boolean {
  const found = contentOf(folder, file)
  if (found === undefined || hashOf(found) !== hash) return false
  return `${realpathSync(dirname(join(folder, file)))}${sep}`.startsWith(`${realpathSync(folder)}${sep}`)
}

/**
 * The manifest's text for files that are as they are wanted; one that was kept otherwise, and one that is not wanted any
 * more and was kept, keeps the hash that it had.
 */
export function manifestText(folder: string, wanted: ReadonlyMap<string, string>, kept: ReadonlySet<string>): string {
  const known = readManifest(folder)
  const files = [...new Set([...wanted.keys(), ...kept])].flatMap((file) => {
    const hash = kept.has(file) ? known?.[file] : hashOf(Buffer.from(wanted.get(file) as string))
    return hash === undefined ? [] : [[file, hash]]
  })
  const about = 'What clew stack wrote last (SHA-256), so that it can tell what was changed by hand.'
  return `${JSON.stringify({ about, files: Object.fromEntries(files) as object }, undefined, 2)}\n`
}

/** The lines, from 1 on, between which a file differs from what would be written; nothing of what stands there. */
export function changedLines(folder: string, file: string, wanted: string): readonly [first: number, last: number] {
  const found = (contentOf(folder, file)?.toString() ?? '').split('\n')
  const lines = wanted.split('\n')
  let first = 0
  while (first < found.length - 1 && found[first] === lines[first]) first++
  let behind = 0
  while (behind < found.length - first - 1 && found.at(-1 - behind) === lines.at(-1 - behind)) behind++
  return [first + 1, found.length - behind]
}

/** Hashes by files. Others may have written it: what could not be clew's is left out. */
function readManifest(folder: string): Readonly<Record<string, string>> | undefined {
  const content = contentOf(folder, MANIFEST)
  if (content === undefined) return undefined
  try {
    const { files } = JSON.parse(content.toString()) as { files?: Record<string, string> }
    return Object.fromEntries(Object.entries(files ?? {}).filter(([file]) => canBeWritten(file)))
  } catch {
    return {}
  }
}

/** A link to what is not there is something of the user's, without content. */
function contentOf(folder: string, file: string): Buffer | undefined {
  const path = join(folder, file)
  try {
    return readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw new UnusableFile(`can't read ${path}`, error)
    return isThere(path) ? Buffer.alloc(0) : undefined
  }
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
