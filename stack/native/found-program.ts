import { copyFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildOnce, cachedProgram } from './build-once.ts'
import { findProgram, isExecutable } from './find-program.ts'
import { runStep, say } from './run-step.ts'

/** A server's program, or one line that says how to get it. */
export type FoundProgram = { readonly path: string } | { readonly missing: string }

/** A program that Go builds from a folder of committed files. */
export interface GoRecipe {
  readonly name: string
  /** Holds go.mod, go.sum and, where the program is not a package of another module, its source. */
  readonly folder: string
  /** What `go build` is given. @default '.' */
  readonly package?: string
  /** Build tags. @default none */
  readonly tags?: string
  /** What a person reads before it begins: `Loki … about 5 minutes`. */
  readonly announce: string
}

/** How a program is found before it is built. */
export interface ProgramSearch extends GoRecipe {
  /** Environment variable that may name the program. */
  readonly variable: string
  /** Name on PATH. */
  readonly installed: string
}

/**
 * Finds a program, or builds it: the variable, then the cache, then PATH, then a build with Go.
 *
 * @returns `missing` when there is neither the program nor Go.
 * @throws when the variable names no program, or the build fails.
 */
export async function findOrBuild(search: ProgramSearch): Promise<FoundProgram> {
  const named = namedProgram(search.variable)
  if (named !== undefined) return { path: named }
  const cached = cachedProgram(recipeOf(search))
  if (isExecutable(cached)) return { path: cached }
  const installed = findProgram(search.installed)
  if (installed !== undefined) return { path: installed }
  if (findProgram('go') === undefined) return { missing: howToGet(search) }
  return { path: await buildWithGo(search) }
}

/**
 * The program that a variable names; `undefined` when it is not set.
 *
 * @throws when it names nothing that can be run.
 */
export function namedProgram(variable: string): string | undefined {
  const named = process.env[variable]
  if (named === undefined || named === '') return undefined
  if (!isExecutable(named)) throw new Error(`${variable} names ${named}, which is no program that can be run`)
  return named
}

/** The path of the recipe's program, built now unless it is in the cache. @throws when the build fails, or there is no Go */
export async function buildWithGo(recipe: GoRecipe): Promise<string> {
  const { name, folder, package: built = '.', tags } = recipe
  return await buildOnce({
    ...recipeOf(recipe),
    async build(work, output) {
      say(`building ${recipe.announce}, only the first time`)
      for (const file of manifestsOf(folder)) copyFileSync(file, join(work, basename(file)))
      const tagged = tags === undefined ? [] : ['-tags', tags]
      const args = ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', ...tagged, '-o', output, built]
      await runStep({ title: `compiling ${name}`, program: 'go', args, cwd: work, env: { GOWORK: 'off' } })
    },
  })
}

function recipeOf({ name, folder }: GoRecipe): { name: string; manifests: readonly string[] } {
  return { name, manifests: manifestsOf(folder) }
}

function manifestsOf(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((file) => join(folder, file))
}

function howToGet({ name, variable, installed, announce }: ProgramSearch): string {
  return (
    `no ${name}: set ${variable} to one (or put ${installed} on PATH), or install Go 1.26 or newer ` +
    `(https://go.dev/dl/), which builds ${announce}, once`
  )
}
