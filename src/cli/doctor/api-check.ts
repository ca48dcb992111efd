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
      if (ours !== undefined) copies.set(await realpath(ours.directory), ours.version)
      for (let above = directory; ; above = dirname(above)) {
        await collect(join(above, 'node_modules'), copies, signal)
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

/** Copies in a `node_modules`, and in those of its packages. */
async function collect(folder: string, copies: Map<string, string>, signal: AbortSignal): Promise<void> {
  for (const name of await packagesIn(folder)) {
    signal.throwIfAborted()
    const directory = join(folder, name)
    if (name === API || name.startsWith('.pnpm/@opentelemetry+api@')) await add(directory, copies)
    await collect(join(directory, 'node_modules'), copies, signal)
  }
}

async function add(directory: string, copies: Map<string, string>): Promise<void> {
  const version = (await readPackage(directory))?.['version']
  if (typeof version === 'string') copies.set(await realpath(directory), version)
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
