import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { runProgram, type ProgramEnd } from '../../support/program.ts'

export const MAIN = 'dist/src/cli/main.js'

/** A new one for each test. */
export let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'clew-stack-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Takes another folder for the rest of the test. */
export function moveTo(path: string): void {
  rmSync(folder, { recursive: true })
  folder = path
}

/** Runs `clew stack` for the folder. */
export const stack = (args: readonly string[] = [], variables: Record<string, string> = {}): Promise<ProgramEnd> =>
  runProgram(MAIN, ['stack', '--out', folder, ...args], variables)
export const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
export const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
export const settle = (text: string): void => write('stack/settings.yaml', text)
/** All files in the folder, from there. */
export const files = (): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .toSorted()

/** A file of alert rules with one rule. */
export function ruleText(name: string): string {
  return `rules:\n  ${name}: { summary: Too much, what: count, where: { level: ERROR }, above: 3, within: 5m }\n`
}
