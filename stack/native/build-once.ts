import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from './repository.ts'
import { isExecutable } from './find-program.ts'

/** A program that is built once for each state of the files it is made from. */
export interface Recipe {
  /** The program's name, and the start of its cache folder's name. */
  readonly name: string
  /** The committed files that determine the result; their content is the cache key. */
  readonly manifests: readonly string[]
  /** Leaves the program at `output`; `folder` is empty, and gone afterwards. */
  build(folder: string, output: string): Promise<void>
}

/** Where the recipe's program lies once it is built: `.cache/native/<name>-<hash of the manifests>/<name>`. */
export function cachedProgram(recipe: Pick<Recipe, 'name' | 'manifests'>): string {
  const hash = createHash('sha256')
  for (const manifest of recipe.manifests) hash.update(readFileSync(manifest)).update('\0')
  const folder = `${recipe.name}-${hash.digest('hex').slice(0, 16)}`
  return join(repositoryRoot, '.cache/native', folder, recipe.name)
}

/**
 * The path of the recipe's program, built now unless an earlier call (of any process) left it in the cache.
 * Two processes may build at once: each works in a folder of its own, and the first to finish is kept.
 *
 * @throws what `recipe.build` throws; nothing half-made stays in the cache.
 */
export async function buildOnce(recipe: Recipe): Promise<string> {
  const program = cachedProgram(recipe)
  if (isExecutable(program)) return program
  const cache = join(repositoryRoot, '.cache/native')
  mkdirSync(cache, { recursive: true })
  const work = mkdtempSync(join(cache, `.building-${recipe.name}-`))
  try {
    const made = join(work, 'made')
    mkdirSync(made)
    mkdirSync(join(work, 'source'))
    await recipe.build(join(work, 'source'), join(made, recipe.name))
    keep(made, join(program, '..'))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return program
}

/** A rename is atomic: no other process ever sees half a program. */
function keep(made: string, folder: string): void {
  try {
    renameSync(made, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}
