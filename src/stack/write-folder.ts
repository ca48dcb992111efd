import { chmodSync, mkdirSync, realpathSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PartlyWritten, UnusableFile } from './unusable-file.ts'

/** Permissions, without the kind of file. */
const MODE = 0o7777

/**
 * Writes texts by their paths into a folder, all or none: each goes to a file beside its place first, and they are moved
 * to their places when all of them are on the disk. The place of a link is that of the file it leads to, and a file that is
 * there keeps its mode. Files that are not needed any more are removed before the last text is moved.
 *
 * @throws UnusableFile when that can't be done, and nothing was replaced
 * @throws PartlyWritten when a move or a removal failed and others had been done
 */
export function writeFolder(
  folder: string,
  texts: ReadonlyMap<string, string>,
  obsolete: readonly string[] = [],
): void {
  const made: string[] = []
  const places = [...texts].map(([file, text]) => ({
    text,
    ...attempt(`can't write ${join(folder, file)}`, () => placeOf(join(folder, file))),
  }))
  const temporary = (path: string): string => `${path}.${process.pid}.tmp`
  const steps = places.map(({ path }) => ({
    what: `can't replace ${path}`,
    run: (): void => renameSync(temporary(path), path),
  }))
  const removals = obsolete.map((file) => ({
    what: `can't remove ${join(folder, file)}`,
    run: (): void => rmSync(join(folder, file)),
  }))
  steps.splice(-1, 0, ...removals)
  try {
    for (const { path, text, mode } of places) {
      made.push(...makeFolders(dirname(path)))
      attempt(`can't write ${path}`, () => {
        writeFileSync(temporary(path), text, { flush: true, mode: mode ?? newMode(path) })
        if (mode !== undefined) chmodSync(temporary(path), mode)
      })
    }
    for (const [done, { what, run }] of steps.entries()) attempt(what, run, done === 0 ? UnusableFile : PartlyWritten)
  } catch (error) {
    for (const { path } of places) rmSync(temporary(path), { force: true })
    for (const one of made.toReversed()) removeEmpty(one)
    throw error
  }
}

/** Where the text of a file goes, and the mode of what is there. A link to what is not there is a place itself. */
function placeOf(file: string): { readonly path: string; readonly mode?: number } {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return { path: file }
  const path = realpathSync(file)
  return { path, mode: statSync(path).mode & MODE }
}

/** Scripts can be run. */
function newMode(file: string): number {
  return file.endsWith('.sh') ? 0o755 : 0o644
}

/** The folders that had to be made, the topmost first. */
function makeFolders(folder: string): string[] {
  const topmost = attempt(`can't make the folder ${folder}`, () => mkdirSync(folder, { recursive: true }))
  if (topmost === undefined) return []
  const made = []
  for (let one = folder; one.length >= topmost.length; one = dirname(one)) made.unshift(one)
  return made
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Somebody else's file is in it.
  }
}

function attempt<T>(what: string, step: () => T, Failure = UnusableFile): T {
  try {
    return step()
  } catch (error) {
    throw new Failure(what, error)
  }
}
