import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder of clew's package.json, above this file in the sources and in the build; the stack's files lie in it. */
export function packageFolder(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}
