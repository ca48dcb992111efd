import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { InstrumentationStatus } from '../instrumentation.ts'
import { loadedCopies, type ClientCopy } from './client-copies.ts'

const OLDEST = { redis: '5.12', ioredis: '5.11' } as const

/**
 * What is seen of the clients that are loaded.
 * @param patched the files of those that are
 */
export function clientStatus(isEnabled: boolean, patched: ReadonlySet<string>): InstrumentationStatus {
  if (!isEnabled) return { name: 'redis', active: false, detail: 'not enabled' }
  const copies = loadedCopies()
  const seen = copies
    .filter(({ file }) => patched.has(file))
    .map(({ file, library }) => `${library} ${versionOf(file)}`)
  const unseen = copies.filter(({ file }) => !patched.has(file)).map(tellUnseen)
  const both = `redis from ${OLDEST.redis}, ioredis from ${OLDEST.ioredis}`
  const found = seen.length === 0 ? `none loaded so far (${both})` : [...new Set(seen)].join(', ')
  return {
    name: 'redis',
    active: unseen.length === 0 || seen.length > 0,
    detail: [found, ...new Set(unseen)].join('; '),
  }
}

function tellUnseen({ library, file }: ClientCopy): string {
  return `${library} ${library === 'redis' ? redisVersion(file) : versionOf(file)} is loaded and not seen: update to ${OLDEST[library]}, or init({ instrumentations: ['${library}'] })`
}

/** Before 5 the client was a package with a version of its own, beside or below `redis`. */
function redisVersion(file: string): string {
  const packages = file.slice(0, file.lastIndexOf('@redis'))
  for (const folder of [join(packages, 'redis'), dirname(packages)]) {
    const version = readVersion(folder, 'redis')
    if (version !== undefined) return version
  }
  return '4'
}

/** Read only when somebody asks. */
function versionOf(file: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const version = readVersion(folder)
    if (version !== undefined) return version
  }
  return '(version unknown)'
}

/** @param of the package's name, where it matters */
function readVersion(folder: string, of?: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
    return typeof version === 'string' && (of === undefined || name === of) ? version : undefined
  } catch {
    return undefined
  }
}
