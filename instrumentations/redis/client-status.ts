import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { InstrumentationStatus } from '../instrumentation.ts'
import { loadedCopies, type ClientCopy } from './client-copies.ts'

const OLDEST = { redis: '5.12', ioredis: '5.11' } as const
const FOREIGN = { redis: '@opentelemetry/instrumentation-redis', ioredis: '@opentelemetry/instrumentation-ioredis' }

/**
 * What is seen of the clients that are loaded.
 * @param patched the files of those that are
 */
export function clientStatus(isEnabled: boolean, patched: ReadonlySet<string>): InstrumentationStatus {
  if (!isEnabled) return { name: 'redis', active: false, detail: 'not enabled' }
  const copies = loadedCopies()
  const seen = copies.filter(({ file }) => patched.has(file)).map(({ file, library }) => `${library} ${versionOf(file)}`)
  const unseen = copies.filter(({ file }) => !patched.has(file)).map(tellUnseen)
  const both = `redis from ${OLDEST.redis}, ioredis from ${OLDEST.ioredis}`
  const found = seen.length === 0 ? `none loaded so far (${both})` : [...new Set(seen)].join(', ')
  return { name: 'redis', active: unseen.length === 0 || seen.length > 0, detail: [found, ...new Set(unseen)].join('; ') }
}

function tellUnseen({ library, file }: ClientCopy): string {
  return `${library} ${versionOf(file)} is loaded and not seen: update to ${OLDEST[library]} or pass ${FOREIGN[library]} in \`instrumentations\``
}

/** Read only when somebody asks. */
function versionOf(file: string): string {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown }
      if (typeof version === 'string') return version
    } catch {
      // not here
    }
  }
  return '(version unknown)'
}
