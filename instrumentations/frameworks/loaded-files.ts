import { loadedModules } from '../../src/loading/index.ts'
import type { LoadedFiles } from './framework-watch.ts'

/** Where the files of frameworks lie: all others are passed over. */
const OF_INTEREST =
  /[\\/](?:express\w*[\\/]lib[\\/]router|router|router[\\/]lib|koa[\\/]lib|fastify[\\/]lib|hono[\\/]dist[\\/]cjs[\\/]router[\\/]smart-router|@nestjs[\\/]core[\\/]exceptions|iterare[\\/]lib)[\\/][\w-]+\.js$/

/** What the process has loaded of frameworks, by require or by import: CommonJS modules are in one cache either way. Loads nothing. */
export function loadedFiles(): LoadedFiles {
  const cache = loadedModules()
  const files: Record<string, unknown> = {}
  for (const file in cache) if (OF_INTEREST.test(file)) files[file] = cache[file]?.exports
  return files
}
