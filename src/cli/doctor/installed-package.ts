import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A package as a program in some directory would get it. */
export interface InstalledPackage {
  readonly name: string
  readonly version: string
  readonly directory: string
}

/** Looks up a package like Node does, in `node_modules` from a directory upwards; undefined when there is none. */
export async function findInstalled(name: string, from: string): Promise<InstalledPackage | undefined> {
  for (let above = from; ; above = dirname(above)) {
    const directory = join(above, 'node_modules', name)
    const version = (await readPackage(directory))?.['version']
    if (typeof version === 'string') return { name, version, directory }
    if (dirname(above) === above) return undefined
  }
}

/** What the package.json of a directory says; undefined when there is none that can be read. */
export async function readPackage(directory: string): Promise<Record<string, unknown> | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'))
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** The packages that the nearest package.json names; undefined when there is no package.json. */
export async function namedPackages(from: string): Promise<ReadonlySet<string> | undefined> {
  for (let above = from; ; above = dirname(above)) {
    const found = await readPackage(above)
    if (found !== undefined)
      return new Set(KINDS.flatMap((kind) => Object.keys((found[kind] as object | null | undefined) ?? {})))
    if (dirname(above) === above) return undefined
  }
}

const KINDS = ['dependencies', 'optionalDependencies', 'devDependencies', 'peerDependencies']

/** Whether a version is this one or a newer one, by its first two numbers; a pre-release of it counts. */
export function isFrom(version: string, oldest: string): boolean {
  const [major = 0, minor = 0] = numbers(version)
  const [oldestMajor = 0, oldestMinor = 0] = numbers(oldest)
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}

function numbers(version: string): number[] {
  return version
    .split('.')
    .slice(0, 2)
    .map((part) => Number.parseInt(part, 10) || 0)
}
