import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Loads a module at once, where it turns out to be needed. In a bundle there are no files, but the bundler has put in what a `require` names; an ES module that is no bundle has no `require`.
 * @param here `import.meta.url` of the caller, which is empty in a bundle of CommonJS
 * @param path from the caller, without the ending
 * @param inBundle a `require` of the same module
 */
export function loadBeside<M>(here: string | undefined, path: string, inBundle: () => unknown): M {
  const file = here === undefined ? undefined : new URL(`${path}${extname(here)}`, here)
  if (file === undefined || !existsSync(file)) return inBundle() as M
  return process.getBuiltinModule('node:module').createRequire(file)(fileURLToPath(file)) as M
}
