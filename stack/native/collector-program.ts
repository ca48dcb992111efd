import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { buildOnce, cachedProgram } from './build-once.ts'
import { findProgram, isExecutable } from './find-program.ts'
import { namedProgram, type FoundProgram } from './found-program.ts'
import { repositoryRoot } from './repository.ts'
import { runStep, say } from './run-step.ts'

const manifest = join(import.meta.dirname, 'collector/builder.yaml')

const howToGetIt =
  'no OpenTelemetry Collector: set CLEW_OTELCOL to an otelcol-contrib 0.161 (or put one on PATH), ' +
  'or install Go 1.26 or newer (https://go.dev/dl/), which builds one here in about 4 minutes, once'

/**
 * Finds a collector, or builds one: `CLEW_OTELCOL`, then the cache, then `otelcol-contrib` or `otelcol` on PATH (if it
 * knows all the components of `collector-config.yaml`), then a build with Go from `collector/builder.yaml`.
 *
 * @returns `missing` when there is neither a collector nor Go.
 * @throws when `CLEW_OTELCOL` names no program, or the build fails.
 */
export async function collectorProgram(): Promise<FoundProgram> {
  const named = namedProgram('CLEW_OTELCOL')
  if (named !== undefined) return { path: named }
  const cached = cachedProgram({ name: 'otelcol', manifests: [manifest] })
  if (isExecutable(cached)) return { path: cached }
  const installed = ['otelcol-contrib', 'otelcol'].flatMap((name) => findProgram(name) ?? []).find(suits)
  if (installed !== undefined) return { path: installed }
  const go = findProgram('go')
  return go === undefined ? { missing: howToGetIt } : { path: await buildCollector(go) }
}

function suits(path: string): boolean {
  const config = join(repositoryRoot, 'collector-config.yaml')
  const { status } = spawnSync(path, ['validate', '--config', config], { stdio: 'ignore' })
  if (status !== 0) say(`${path} does not accept collector-config.yaml (another version or distribution?): passed over`)
  return status === 0
}

async function buildCollector(go: string): Promise<string> {
  return await buildOnce({
    name: 'otelcol',
    manifests: [manifest],
    async build(folder, output) {
      say('building the OpenTelemetry Collector; only the first run does, and it takes about 4 minutes')
      copyFileSync(manifest, join(folder, 'builder.yaml'))
      const builder = `go.opentelemetry.io/collector/cmd/builder@v${collectorVersion()}`
      const env = { GOWORK: 'off' }
      const generate = ['run', builder, '--config', 'builder.yaml', '--skip-compilation']
      await runStep({ title: 'downloading the collector’s modules', program: go, args: generate, cwd: folder, env })
      const compile = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', output, '.']
      await runStep({ title: 'compiling the collector', program: go, args: compile, cwd: join(folder, 'build'), env })
    },
  })
}

/** The builder and what it builds must be of one version. */
function collectorVersion(): string {
  const { dist } = parse(readFileSync(manifest, 'utf8')) as { dist: { version: string } }
  return dist.version
}
