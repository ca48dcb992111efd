import type * as Clew from '../src/index.ts'

/** Loads the build of clew that is measured: this tree's `dist`, or another one, to compare two. */
export async function loadClew(): Promise<typeof Clew> {
  return (await import(variable('BENCH_CLEW'))) as typeof Clew
}

/** Where the receiver listens, for the program of a trial. */
export function endpoint(): string {
  return variable('BENCH_ENDPOINT')
}

/** An empty folder, for what is kept on disk. */
export function home(): string {
  return variable('BENCH_HOME')
}

function variable(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: run this through bench/run.ts`)
  return value
}
