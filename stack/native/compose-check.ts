import { join } from 'node:path'
import { buildWithGo } from './found-program.ts'

/**
 * The path of a small program that loads a Compose file with docker compose's own library, built once with Go.
 *
 * @throws when there is no Go, or the build fails.
 */
export async function composeCheckProgram(): Promise<string> {
  const folder = join(import.meta.dirname, 'compose-check')
  return await buildWithGo({ name: 'compose-check', folder, announce: 'compose-check, in about a minute' })
}
