import { join } from 'node:path'

/**
 * What the program itself would get for a name: an ES module that it has imported is in no cache that can be looked through, but whoever asks for its file gets the same one.
 * @param beside files of the program's packages from which the name can be found, too, where the main file's package doesn't have it
 * @returns the first file found: others that the name stands for elsewhere are not the program's
 */
export function resolveFromProgram(name: string, beside: readonly string[] = []): string | undefined {
  const { createRequire } = process.getBuiltinModule('node:module')
  for (const from of [process.argv[1], ...beside]) {
    try {
      // Only a program without a main file is at home where it was started; that place may be gone.
      return createRequire(from ?? join(process.cwd(), 'package.json')).resolve(name)
    } catch {
      // not to be found from there
    }
  }
  return undefined
}

/**
 * A module of the program's, at once. Undefined where it can't be had so.
 * @param expected how its path ends: a file that is called otherwise is never loaded
 */
export function requireFromProgram(file: string | undefined, expected: RegExp): unknown {
  if (file === undefined || !expected.test(file)) return undefined
  try {
    return process.getBuiltinModule('node:module').createRequire(file)(file)
  } catch {
    return undefined
  }
}
