import { chmodSync, copyFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildOnce } from './build-once.ts'
import { findProgram } from './find-program.ts'
import type { FoundProgram } from './found-program.ts'
import { runStep, say } from './run-step.ts'

/** A Java program that Maven brings. */
export interface MavenRecipe {
  readonly name: string
  /** Names what to bring. */
  readonly pom: string
  /** The goal that lays it beside the program, in the folder `lib`. */
  readonly goal: 'copy-dependencies' | 'unpack-dependencies'
  /** What the program does; `$here` is the folder that `lib` is in. */
  readonly script: string
}

/**
 * The recipe's program: from the cache, or brought now by Maven.
 *
 * @returns `missing` when there is no Java or no Maven.
 * @throws when Maven fails.
 */
export async function findOrBring(recipe: MavenRecipe): Promise<FoundProgram> {
  const { name, pom, goal, script } = recipe
  const [java, maven] = [findProgram('java'), findProgram('mvn')]
  if (java === undefined || maven === undefined) return { missing: `no ${name}: install Java 17 or newer and Maven` }
  const path = await buildOnce({
    name,
    manifests: [pom],
    async build(folder, output) {
      say(`bringing ${name}, only the first time`)
      copyFileSync(pom, join(folder, 'pom.xml'))
      const args = ['-B', '-q', `dependency:${goal}`, `-DoutputDirectory=${join(dirname(output), 'lib')}`]
      await runStep({ title: `downloading ${name}`, program: maven, args, cwd: folder })
      writeFileSync(output, `#!/bin/sh\nhere=$(dirname "$0")\n${script}\n`)
      chmodSync(output, 0o755)
    },
  })
  return { path }
}
