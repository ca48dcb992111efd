import { join } from 'node:path'

/**
 * What the program itself would get for a name: an ES module that it has imported is in no cache that can be looked through, but whoever asks for its file gets the same one.
 * @param beside files of the program's packages from which the name can be found, too, where the main file's package doesn't have it
 * @returns the files found, each once
 */
export function resolveFromProgram(name: string, beside: readonly string[] = []): string[] {
  const { createRequire } = process.getBuiltinModule('node:module')
  const found = new Set<string>()
  for (const from of [process.argv[1], join(process.cwd(), 'package.json'), ...beside]) {
    try {
      if (from !== undefined) found.add(createRequire(from).resolve(name))
    } catch {
      // not to be found from there
    }
  }
  return [...found]
}

/** A module of the program's, at once. Undefined where it can't be had so. */
export function requireFromProgram(file: string): unknown {
  try {
    return process.getBuiltinModule('node:module').createRequire(file)(file)
  } catch {
    return undefined
  }
}
