import { mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UnusableFile } from './unusable-file.ts'

/**
 * Writes texts by their paths into a folder, all or none: each goes to a file beside its place first, and they are moved
 * to their places when all of them are on the disk. Then files that are not needed any more are removed.
 *
 * @throws UnusableFile when that can't be done. Nothing was replaced then, unless a move itself failed.
 */
export function writeFolder(
  folder: string,
  texts: ReadonlyMap<string, string>,
  obsolete: readonly string[] = [],
): void {
  const made: string[] = []
  const temporary = (file: string): string => join(folder, `${file}.${process.pid}.tmp`)
  const undo = (): void => {
    for (const file of texts.keys()) rmSync(temporary(file), { force: true })
    for (const one of made.toReversed()) removeEmpty(one)
  }
  try {
    for (const [file, text] of texts) {
      made.push(...makeFolders(dirname(join(folder, file))))
      attempt(`can't write ${join(folder, file)}`, () =>
        writeFileSync(temporary(file), text, { flush: true, mode: modeOf(file) }),
      )
    }
    for (const file of texts.keys())
      attempt(`can't replace ${join(folder, file)}`, () => renameSync(temporary(file), join(folder, file)))
    for (const file of obsolete) attempt(`can't remove ${join(folder, file)}`, () => rmSync(join(folder, file)))
  } catch (error) {
    undo()
    throw error
  }
}

/** Scripts can be run. */
function modeOf(file: string): number {
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

function attempt<T>(what: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw new UnusableFile(what, error)
  }
}
