import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { buildOnce, cachedProgram } from './build-once.ts'
import { compileCollector, type BuilderManifest } from './collector-build.ts'
import { findProgram, isExecutable } from './find-program.ts'
import { namedProgram, type FoundProgram } from './found-program.ts'
import { say } from './run-step.ts'

const base = join(import.meta.dirname, 'collector/builder.yaml')
const additions = join(import.meta.dirname, 'collector-additive/additions.yaml')
const validator = join(import.meta.dirname, 'collector-additive/validator.go')
const recipe = { name: 'otelcol-additive', manifests: [base, additions, validator] }

/**
 * Finds a collector that also has Kafka, Elasticsearch and geo-IP, or builds one: `CLEW_OTELCOL_CONTRIB`, the cache, Go.
 *
 * @returns `missing` when there is neither a collector nor Go.
 * @throws when `CLEW_OTELCOL_CONTRIB` names no program, or the build fails.
 */
export async function additiveCollectorProgram(): Promise<FoundProgram> {
  const ready = namedProgram('CLEW_OTELCOL_CONTRIB') ?? cachedProgram(recipe)
  if (isExecutable(ready)) return { path: ready }
  const go = findProgram('go')
  if (go === undefined) {
    return {
      missing: 'no collector with Kafka, Elasticsearch and geo-IP: set CLEW_OTELCOL_CONTRIB, or install Go 1.26',
    }
  }
  return { path: await buildAdditiveCollector(go) }
}

async function buildAdditiveCollector(go: string): Promise<string> {
  return await buildOnce({
    ...recipe,
    async build(folder, output) {
      say('building a collector with Kafka, Elasticsearch and geo-IP; only the first run does')
      const manifest = merged()
      copyModule(
        go,
        `go.opentelemetry.io/collector/confmap/xconfmap@v${manifest.dist.version}`,
        join(folder, 'xconfmap'),
      )
      copyFileSync(validator, join(folder, 'xconfmap/validator.go'))
      await compileCollector(go, manifest, folder, output)
    },
  })
}

function merged(): BuilderManifest {
  const read = (file: string) => parse(readFileSync(file, 'utf8')) as BuilderManifest & Record<string, unknown[]>
  const manifest = read(base)
  const lists = Object.entries(read(additions)).map(([kind, list]) => [kind, [...(manifest[kind] ?? []), ...list]])
  return { ...manifest, ...(Object.fromEntries(lists) as Record<string, unknown>) }
}

/** Modules are read-only where Go keeps them; the copy is not. */
function copyModule(go: string, module: string, folder: string): void {
  const answer = execFileSync(go, ['mod', 'download', '-json', module], { env: { ...process.env, GOWORK: 'off' } })
  const { Dir } = JSON.parse(answer.toString()) as { Dir: string }
  cpSync(Dir, folder, { recursive: true })
  chmodSync(folder, 0o755)
}
