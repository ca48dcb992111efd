import { copyFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildOnce } from './build-once.ts'
import { runStep } from './run-step.ts'

/**
 * The path of a small program that loads a Compose file with docker compose's own library, built once with Go.
 *
 * @throws when there is no Go, or the build fails.
 */
export async function composeCheckProgram(): Promise<string> {
  const manifests = ['main.go', 'go.mod', 'go.sum'].map((file) => join(import.meta.dirname, 'compose-check', file))
  return await buildOnce({
    name: 'compose-check',
    manifests,
    async build(folder, output) {
      for (const file of manifests) copyFileSync(file, join(folder, basename(file)))
      const args = ['build', '-trimpath', '-buildvcs=false', '-o', output, '.']
      await runStep({ title: 'compiling compose-check', program: 'go', args, cwd: folder, env: { GOWORK: 'off' } })
    },
  })
}
