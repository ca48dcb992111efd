import { readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ok, warning, type Check } from './finding.ts'
import { findInstalled, isFrom, readPackage } from './installed-package.ts'

const API = '@opentelemetry/api'

/** The copies of OpenTelemetry's API: those that are newer than the one which is registered first, or of another major, do not reach it. */
export function apiCheck(directory: string): Check {
  return {
    subject: API,
    async run(signal) {
      const ours = await findInstalled(API, import.meta.dirname)
      const copies = new Map<string, string>()
      const search = { copies, seen: new Set<string>(), signal }
      if (ours !== undefined) copies.set(await realpath(ours.directory), ours.version)
      for (let above = directory; ; above = dirname(above)) {
        await collect(join(above, 'node_modules'), search)
        if (dirname(above) === above) break
      }
      return [describe(ours?.version ?? '', [...copies.values()])]
    },
  }
}

function describe(ours: string, versions: readonly string[]): ReturnType<typeof ok> {
  const others = [...new Set(versions)].filter((version) => version !== ours)
  const wrong = others.filter((version) => version.split('.')[0] !== ours.split('.')[0] || !isFrom(ours, version))
  if (wrong.length > 0)
    return warning(
      API,
      `${wrong.join(', ')} beside clew's ${ours}: what uses ${wrong.length === 1 ? 'it' : 'them'} may not reach clew`,
      `have one version of it (npm ls ${API}, npm dedupe)`,
    )
  return ok(API, others.length === 0 ? ours : `${ours}, and ${others.join(', ')}, which reach it too`)
}

interface Search {
  /** Versions by directory. */
  readonly copies: Map<string, string>
  /** Folders of packages; workspaces lead to each other in circles. */
  readonly seen: Set<string>
  readonly signal: AbortSignal
}

/** Copies in a `node_modules`, and in those of its packages. */
async function collect(folder: string, search: Search): Promise<void> {
  const { copies, seen, signal } = search
  const names = await packagesIn(folder)
  if (names.length === 0) return
  const real = await realpath(folder)
  if (seen.has(real)) return
  seen.add(real)
  for (const name of names) {
    signal.throwIfAborted()
    const version = name === API ? (await readPackage(join(folder, name)))?.['version'] : undefined
    if (typeof version === 'string') copies.set(await realpath(join(folder, name)), version)
    await collect(join(folder, name, 'node_modules'), search)
  }
}

/** Names with their scopes; also of the packages in pnpm's store, which have their own `node_modules`. */
async function packagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  const nested = names.filter((name) => name.startsWith('@') || name === '.pnpm')
  const scoped = nested.map(async (scope) => {
    const inside = await readdir(join(folder, scope)).catch(() => [])
    return inside.map((name) => `${scope}/${name}`)
  })
  return [
    ...names.filter((name) => !name.startsWith('.') && !name.startsWith('@')),
    ...(await Promise.all(scoped)).flat(),
  ]
}
