import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child } from './child.ts'
import type { Received } from './received-count.ts'
import type { ReceiverState } from './receiver.ts'

/** What a bench is told by the command line. */
export interface BenchOptions {
  readonly rounds: number
  /** How long `soak` and `http-soak` go on. */
  readonly minutes: number
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
  /** How many rounds are enough, when nobody says. */
  readonly rounds: number
  /** How long it goes on, when nobody says. */
  readonly minutes?: number
  /** Runs only when it is asked for by name. */
  readonly onlyByName?: boolean
  run(options: BenchOptions): Promise<BenchTable[]>
}

/** One of the things that are compared. */
export interface Variant {
  readonly label: string
  /** The peer and its set-up, or the program, as the bench has it. */
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

/** A receiver and an empty folder. */
export interface Surroundings {
  /** For the programs of the trial. */
  readonly variables: NodeJS.ProcessEnv
  /** What came since it was last asked. */
  readonly received: () => Promise<Received>
  /** What came since it was last asked for `received`. */
  readonly tally: () => Promise<Received>
  /** Makes the receiver fail, or serve again. */
  readonly become: (state: ReceiverState) => Promise<unknown>
}

/** Runs a function with a receiver in a process of its own and a folder for spools, and cleans up. */
export async function withSurroundings<R>(
  more: NodeJS.ProcessEnv | undefined,
  fn: (surroundings: Surroundings) => Promise<R>,
): Promise<R> {
  const home = mkdtempSync(join(tmpdir(), 'clew-bench-'))
  const receiver = new Child('receiver')
  try {
    const { port } = await receiver.answer<{ port: number }>()
    const variables = {
      BENCH_CLEW: new URL('../dist/src/index.js', import.meta.url).href,
      BENCH_ENDPOINT: `http://127.0.0.1:${port}`,
      BENCH_HOME: home,
      NODE_ENV: 'production',
      // Its own records would be taken for some that were said.
      CLEW_LIFECYCLE: 'false',
      ...more,
    }
    return await fn({
      variables,
      received: () => receiver.ask<Received>('count'),
      tally: () => receiver.ask<Received>('tally'),
      become: (state) => receiver.ask(state),
    })
  } finally {
    await receiver.end()
    rmSync(home, { recursive: true })
  }
}

/** One process, or a few, that measure a variant once. */
export type RunTrial<R> = (variant: Variant, surroundings: Surroundings) => Promise<R>

/**
 * Each variant once a round, beginning with another one each round, in surroundings of its own. A trial that fails is said and left out.
 * @returns what the trials answered, by label; without those that never did
 */
export async function interleave<R>(
  variants: readonly Variant[],
  { rounds, progress }: Pick<BenchOptions, 'rounds' | 'progress'>,
  runTrial: RunTrial<R>,
): Promise<Map<string, R[]>> {
  const results = new Map<string, R[]>(variants.map(({ label }) => [label, []]))
  for (let round = 0; round < rounds; round++) {
    progress(`round ${round + 1} of ${rounds}`)
    for (let turn = 0; turn < variants.length; turn++) {
      const variant = variants[(round + turn) % variants.length] as Variant
      try {
        const result = await withSurroundings(variant.variables, (surroundings) => runTrial(variant, surroundings))
        results.get(variant.label)?.push(result)
      } catch (error) {
        progress(`a trial failed: ${variant.label}: ${String(error)}`)
        process.exitCode = 1
      }
    }
  }
  return new Map([...results].filter(([, trials]) => trials.length > 0))
}
