import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child } from './child.ts'
import type { Received } from './receiver.ts'

/** What a bench is told by the command line. */
export interface BenchOptions {
  readonly rounds: number
  /** Other builds of clew to measure beside this tree's, by label: URLs of their `dist/src/index.js`. */
  readonly builds: ReadonlyMap<string, string>
  /** Says what is going on. */
  readonly progress: (text: string) => void
}

/** One table of results. */
export interface BenchTable {
  readonly title: string
  /** The first row names the columns. */
  readonly rows: readonly (readonly string[])[]
}

/** One claim, measured. */
export interface Bench {
  readonly name: string
  /** In one sentence. */
  readonly about: string
  readonly peers: readonly string[]
  run(options: BenchOptions): Promise<BenchTable[]>
}

/** One of the things that are compared. */
export interface Variant {
  readonly label: string
  /** Program, relative to the folder of its bench. */
  readonly program: string
  readonly args?: readonly string[]
  readonly variables?: NodeJS.ProcessEnv
}

/** The variant once for this tree's clew and once for each other build. */
export function eachBuild(variant: Variant, { builds }: BenchOptions): Variant[] {
  const others = [...builds].map(([name, url]) => ({
    ...variant,
    label: `${variant.label}, build ${name}`,
    variables: { ...variant.variables, BENCH_CLEW: url },
  }))
  return [variant, ...others]
}

/** A receiver and an empty folder, for the time of a bench. */
export interface Surroundings {
  readonly variables: NodeJS.ProcessEnv
  /** What came since it was last asked. */
  readonly received: () => Promise<Received>
}

/** Runs a function with a receiver in a process of its own and a folder for spools, and cleans up. */
export async function withSurroundings<R>(fn: (surroundings: Surroundings) => Promise<R>): Promise<R> {
  const home = mkdtempSync(join(tmpdir(), 'clew-bench-'))
  const receiver = new Child(join(import.meta.dirname, 'receiver.ts'))
  try {
    const { port } = await receiver.answer<{ port: number }>()
    const variables = { BENCH_ENDPOINT: `http://127.0.0.1:${port}`, BENCH_HOME: home, NODE_ENV: 'production' }
    return await fn({ variables, received: () => receiver.ask<Received>('count') })
  } finally {
    await receiver.end()
    rmSync(home, { recursive: true })
  }
}

/** Each variant once a round, beginning with another one each round. @returns what the trials answered, by label */
export async function interleave<R>(
  variants: readonly Variant[],
  { rounds, progress }: BenchOptions,
  trial: (variant: Variant) => Promise<R>,
): Promise<Map<string, R[]>> {
  const results = new Map<string, R[]>(variants.map(({ label }) => [label, []]))
  for (let round = 0; round < rounds; round++) {
    progress(`round ${round + 1} of ${rounds}`)
    for (let turn = 0; turn < variants.length; turn++) {
      const variant = variants[(round + turn) % variants.length] as Variant
      results.get(variant.label)?.push(await trial(variant))
    }
  }
  return results
}
