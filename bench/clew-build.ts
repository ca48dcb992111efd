import type * as Clew from '../src/index.ts'

/** Loads the build of clew that is measured: this tree's `dist`, or another one that the runner names, to compare two. */
export async function loadClew(): Promise<typeof Clew> {
  const file = process.env['BENCH_CLEW'] ?? new URL('../dist/src/index.js', import.meta.url).href
  return (await import(file)) as typeof Clew
}

/** Where the receiver listens, for the program of a trial. */
export function endpoint(): string {
  const url = process.env['BENCH_ENDPOINT']
  if (url === undefined) throw new Error('BENCH_ENDPOINT is not set: run this through bench/run.ts')
  return url
}
