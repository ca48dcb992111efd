import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from './child.ts'
import type { FaultName } from './fault/trial.ts'
import type { ReceiverState } from './receiver.ts'
import { median, rounded } from './statistics.ts'
import {
  eachBuild,
  withSurroundings,
  type Bench,
  type BenchOptions,
  type BenchTable,
  type Surroundings,
  type Variant,
} from './trials.ts'

/** Those that send what they are told, with the defaults of each. */
export const SENDERS = {
  clew: { label: 'clew', program: 'clew' },
  peers: [
    { label: 'OpenTelemetry SDK', program: 'otel:protobuf' },
    { label: 'pino, OpenTelemetry transport', program: 'pino-otel' },
    { label: 'winston, OpenTelemetry transport', program: 'winston:otel' },
    { label: 'LogTape, OpenTelemetry sink', program: 'logtape:otel' },
    { label: 'Sentry', program: 'sentry' },
  ],
  packages: [
    '@opentelemetry/sdk-logs',
    'pino',
    'pino-opentelemetry-transport',
    'winston',
    '@opentelemetry/winston-transport',
    '@logtape/logtape',
    '@logtape/otel',
    '@sentry/node',
  ],
} as const satisfies { clew: Variant; peers: readonly Variant[]; packages: readonly string[] }

/** Records that never came, and what the program wrote to stderr meanwhile. */
interface FaultTrial {
  readonly lost: number
  readonly stderr: string
}

/** One way of things going wrong. */
interface FaultCase {
  readonly column: string
  /** @returns what the program wrote to stderr */
  readonly run: (trial: TrialRun) => Promise<{ readonly said: number; readonly stderr: string }>
}

interface TrialRun extends Surroundings {
  readonly start: (name: FaultName) => Child
}

const BEFORE_MILLIS = 2_000
const OUTAGE_MILLIS = 20_000
const MOMENTS_AT_ONCE = 2

/** Long, with little to do meanwhile: all peers at once. */
const OUTAGES: readonly FaultCase[] = [
  { column: '20 s refused', run: (trial) => outage(trial, 'refuse') },
  { column: '20 s of 503', run: (trial) => outage(trial, 'unavailable') },
]
/** Short, with much to do: a few at once. */
const MOMENTS: readonly FaultCase[] = [
  { column: '10,000 in one tick', run: (trial) => untilEnd(trial, 'tick', 10_000) },
  { column: 'kill -9 after 100 ms', run: (trial) => killed(trial, 'killed') },
  { column: 'kill -9 at once, errors', run: (trial) => killed(trial, 'diesAtOnce') },
  { column: 'natural end', run: (trial) => untilEnd(trial, 'ends', 100) },
  { column: 'process.exit', run: (trial) => untilEnd(trial, 'exits', 100) },
  { column: 'SIGTERM', run: (trial) => untilEnd(trial, 'terminated', 100) },
  { column: 'throw', run: (trial) => untilEnd(trial, 'throws', 100) },
]

/** What is lost when things go wrong. */
export const faultBench: Bench = {
  name: 'fault',
  about: 'records lost when things go wrong, and whether the user was told',
  peers: SENDERS.packages,
  rounds: 2,
  run: measure,
}

async function measure(options: BenchOptions): Promise<BenchTable[]> {
  const variants = [...eachBuild(SENDERS.clew, options), ...SENDERS.peers]
  const trials = new Map<string, FaultTrial[]>()
  const of = (variant: Variant, { column }: FaultCase): string => `${variant.label}: ${column}`
  const run = (cases: readonly FaultCase[], atOnce: number): Promise<void> => {
    const tasks = cases.flatMap((one) => variants.map((variant) => ({ one, variant })))
    return eachOf(tasks, atOnce, async ({ one, variant }) => {
      const key = of(variant, one)
      try {
        const trial = await runCase(one, variant)
        trials.set(key, [...(trials.get(key) ?? []), trial])
      } catch (error) {
        options.progress(`a trial failed: ${key}: ${String(error)}`)
        process.exitCode = 1
      }
    })
  }
  for (let round = 0; round < options.rounds; round++) {
    options.progress(`fault: round ${round + 1} of ${options.rounds}`)
    await run(OUTAGES, OUTAGES.length * variants.length)
    await run(MOMENTS, MOMENTS_AT_ONCE)
  }
  const cases = [...OUTAGES, ...MOMENTS]
  const rows = variants.map((variant) => [
    variant.label,
    ...cases.map((one) => lostCell(trials.get(of(variant, one)) ?? [])),
    toldCell(OUTAGES.flatMap((one) => trials.get(of(variant, one)) ?? [])),
  ])
  const head = ['', ...cases.map(({ column }) => column), 'outage told on stderr']
  return [{ title: 'records lost', rows: [head, ...rows] }]
}

function runCase({ run }: FaultCase, { program, variables }: Variant): Promise<FaultTrial> {
  return withSurroundings(variables, async (surroundings) => {
    const start = (name: FaultName): Child =>
      new Child('fault/trial', [program, name], surroundings.variables, { stderr: 'kept' })
    const { said, stderr } = await run({ ...surroundings, start })
    return { lost: said - (await settled(surroundings, said)), stderr }
  })
}

async function untilEnd({ start }: TrialRun, name: FaultName, said: number): Promise<{ said: number; stderr: string }> {
  const child = start(name)
  await child.answer()
  await child.ended()
  return { said, stderr: child.stderr }
}

/** The receiver is well for 2 seconds, fails for 20 and is well again. */
async function outage({ start, become }: TrialRun, state: ReceiverState): Promise<{ said: number; stderr: string }> {
  const child = start('outage')
  await child.answer()
  await sleep(BEFORE_MILLIS)
  await become(state)
  await sleep(OUTAGE_MILLIS)
  await become('serve')
  const { said } = await child.answer<{ said: number }>()
  await child.end()
  return { said, stderr: child.stderr }
}

/** The receiver is down; the program dies, and is started again when the receiver is up. */
async function killed(trial: TrialRun, name: 'killed' | 'diesAtOnce'): Promise<{ said: number; stderr: string }> {
  const { start, become } = trial
  await become('refuse')
  const child = start(name)
  await child.answer()
  await sleep(100)
  child.kill('SIGKILL')
  await child.ended()
  await become('serve')
  const again = start('again')
  await again.answer()
  await settled(trial, 1_000)
  again.tell('stop')
  await again.end()
  return { said: 1_000, stderr: child.stderr }
}

/** Waits until all has come, or for 3 seconds nothing. @returns how many of the workload's records came */
export async function settled({ tally }: Surroundings, said: number): Promise<number> {
  let came = -1
  for (let quiet = 0; quiet < 6 && came < said; quiet++) {
    const { unique } = await tally()
    if (unique > came) quiet = 0
    came = unique
    if (came < said) await sleep(500)
  }
  return came
}

/** Does it for each, so many at once. */
async function eachOf<T>(items: readonly T[], atOnce: number, fn: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await fn(item)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}

function lostCell(trials: readonly FaultTrial[]): string {
  if (trials.length === 0) return '–'
  const lost = trials.map((trial) => trial.lost)
  const [least, most] = [Math.min(...lost), Math.max(...lost)]
  return least === most ? rounded(least) : `${rounded(median(lost))} (${rounded(least)}–${rounded(most)})`
}

function toldCell(outages: readonly FaultTrial[]): string {
  if (outages.length === 0) return '–'
  return outages.every(({ stderr }) => stderr !== '') ? 'yes' : 'no'
}
