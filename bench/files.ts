import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { CallTrial } from './call/trial.ts'
import { Child, runChild } from './child.ts'
import type { FaultName } from './fault/trial.ts'
import type { FastTrial } from './files/trial.ts'
import { median, rounded, spread } from './statistics.ts'
import {
  eachBuild,
  interleave,
  type Bench,
  type BenchOptions,
  type BenchTable,
  type Surroundings,
  type Variant,
} from './trials.ts'

/** Those that write lines of JSON into a file, with what each offers to rotate it. */
const CLEW: Variant = { label: 'clew, files of 10 MiB', program: 'clew:file' }
const UNIT = 'pino, file, each line at once'
const OTHERS: readonly Variant[] = [
  { label: UNIT, program: 'pino:file' },
  { label: 'pino, file, 4 KB at a time', program: 'pino:file-async' },
  { label: 'pino-roll, files of 10 MiB', program: 'pino:roll' },
  { label: 'winston-daily-rotate-file, files of 10 MiB', program: 'winston:roll' },
]

/** What a program does before it ends, and what it takes with it. */
interface EndCase {
  readonly column: string
  readonly name: FaultName
  readonly said: number
  /** Killed from outside so long after it has said them. */
  readonly killAfterMillis?: number
}

const ENDS: readonly EndCase[] = [
  { column: 'kill -9 after 100 ms', name: 'killed', said: 1_000, killAfterMillis: 100 },
  { column: 'kill -9 at once, errors', name: 'diesAtOnce', said: 1_000 },
  { column: 'process.exit', name: 'exits', said: 100 },
  { column: 'throw', name: 'throws', said: 100 },
]

interface FilesTrial {
  readonly threadNanos: number
  readonly perSecond: number
  readonly lost: number
  readonly lostAtEnds: readonly number[]
}

/** What lines in files cost, and what is lost of them. */
export const filesBench: Bench = {
  name: 'files',
  about: 'lines of JSON in files: what they cost the main thread, and what is lost of them',
  peers: ['pino', 'pino-roll', 'winston', 'winston-daily-rotate-file'],
  rounds: 3,
  run: measure,
}

async function measure(options: BenchOptions): Promise<BenchTable[]> {
  const variants = [...eachBuild(CLEW, options), ...OTHERS]
  const results = await interleave(variants, options, async ({ program }, surroundings) => {
    const { threadNanos } = await runChild<CallTrial>('call/trial', [program, 'info'], surroundings.variables)
    const fast = await inFolder(surroundings, 'fast', (more) => runChild<FastTrial>('files/trial', [program], more))
    const lostAtEnds: number[] = []
    for (const one of ENDS) lostAtEnds.push(await lostAtEnd(one, program, surroundings))
    return { threadNanos, perSecond: fast.answer.perSecond, lost: fast.answer.said - fast.written, lostAtEnds }
  })
  const base = median((results.get(UNIT) ?? []).map(({ threadNanos }) => threadNanos))
  const head = [
    '',
    'ns a record, main thread',
    `x ${UNIT}`,
    'records/s',
    'lost of those',
    ...ENDS.map(({ column }) => column),
  ]
  return [
    {
      title: 'lines in files, and records lost',
      rows: [head, ...[...results].map(([label, trials]) => row(label, trials, base))],
    },
  ]
}

function row(label: string, trials: readonly FilesTrial[], base: number): string[] {
  const nanos = trials.map(({ threadNanos }) => threadNanos)
  return [
    label,
    spread(nanos, 0),
    rounded(median(nanos) / base, 2),
    rounded(median(trials.map(({ perSecond }) => perSecond))),
    rounded(median(trials.map(({ lost }) => lost))),
    ...ENDS.map((_, index) => rounded(median(trials.map(({ lostAtEnds }) => lostAtEnds[index] ?? Number.NaN)))),
  ]
}

async function lostAtEnd(one: EndCase, program: string, surroundings: Surroundings): Promise<number> {
  const { written } = await inFolder(surroundings, one.name, async (variables) => {
    const child = new Child('fault/trial', [program, one.name], variables, { stderr: 'kept' })
    await child.answer()
    if (one.killAfterMillis !== undefined) {
      await sleep(one.killAfterMillis)
      child.kill('SIGKILL')
    }
    await child.ended()
  })
  return one.said - written
}

/** Runs something with a folder of its own. @returns what it answers, and how many of the workload's records stand in the files there */
async function inFolder<R>(
  { variables }: Surroundings,
  name: string,
  run: (variables: NodeJS.ProcessEnv) => Promise<R>,
): Promise<{ answer: R; written: number }> {
  const folder = join(variables['BENCH_HOME'] as string, name)
  mkdirSync(folder)
  const answer = await run({ ...variables, BENCH_HOME: folder })
  const ids = new Set<string>()
  for (const file of readdirSync(folder, { withFileTypes: true })) {
    if (!file.isFile()) continue
    const content = readFileSync(join(folder, file.name))
    const text = (file.name.endsWith('.gz') ? gunzipSync(content) : content).toString()
    for (const [, id] of text.matchAll(/"order\.id":(\d+)/g)) ids.add(id as string)
  }
  return { answer, written: ids.size }
}
