import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { runStep } from './run-step.ts'

/** What OpenTelemetry's builder reads: the components by kind, and modules to take in place of others. */
export interface BuilderManifest {
  readonly dist: { readonly version: string }
  readonly [kind: string]: unknown
}

/**
 * Builds a collector of these components with Go, in an empty folder.
 *
 * @throws when a module can't be had or compiled, with the last lines of what Go printed.
 */
export async function compileCollector(
  go: string,
  manifest: BuilderManifest,
  folder: string,
  output: string,
): Promise<void> {
  writeFileSync(join(folder, 'builder.yaml'), stringify(manifest))
  // The builder and what it builds must be of one version.
  const builder = `go.opentelemetry.io/collector/cmd/builder@v${manifest.dist.version}`
  const env = { GOWORK: 'off' }
  const generate = ['run', builder, '--config', 'builder.yaml', '--skip-compilation']
  await runStep({ title: 'downloading the collector’s modules', program: go, args: generate, cwd: folder, env })
  const compile = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', output, '.']
  await runStep({ title: 'compiling the collector', program: go, args: compile, cwd: join(folder, 'build'), env })
}
