import { join } from 'node:path'
import { runChild } from './child.ts'
import type { StartTrial } from './start/ready.ts'
import { median, rounded, spread } from './statistics.ts'
import {
  eachBuild,
  interleave,
  withSurroundings,
  type Bench,
  type BenchOptions,
  type BenchTable,
  type Surroundings,
  type Variant,
} from './trials.ts'

const BASE = 'Node alone'
/** A start is short: more trials than rounds of the other benches. */
const TRIALS_PER_ROUND = 4

/** Start-up time and memory over Node alone. */
export const startBench: Bench = {
  name: 'start',
  about: "start-up time and memory over Node alone: import clew and init(), pino, OpenTelemetry's NodeSDK",
  peers: ['pino', '@opentelemetry/sdk-node', '@opentelemetry/instrumentation-http'],
  run: (options) => withSurroundings((surroundings) => measure(options, surroundings)),
}

async function measure(options: BenchOptions, { variables }: Surroundings): Promise<BenchTable[]> {
  options.progress('start')
  const variants: Variant[] = [
    { label: BASE, program: 'bare.ts' },
    ...eachBuild({ label: 'clew, init()', program: 'clew.ts' }, options),
    ...eachBuild({ label: 'clew, a first record sent and answered', program: 'clew.ts', args: ['said'] }, options),
    { label: 'pino', program: 'pino.ts' },
    { label: 'NodeSDK with HTTP, start()', program: 'otel.ts' },
    { label: 'NodeSDK with HTTP, a first record sent and answered', program: 'otel.ts', args: ['said'] },
  ]
  const all = { ...options, rounds: options.rounds * TRIALS_PER_ROUND, progress: () => {} }
  const results = await interleave(variants, all, ({ program, args = [], variables: own }) =>
    runChild<StartTrial>(join(import.meta.dirname, 'start', program), args, { ...variables, ...own }),
  )
  const over = (label: string, key: keyof StartTrial): number =>
    median((results.get(label) ?? []).map((trial) => trial[key])) -
    median((results.get(BASE) ?? []).map((trial) => trial[key]))
  const rows = [...results].map(([label, trials]) => [
    label,
    spread(
      trials.map(({ millis }) => millis),
      0,
    ),
    ...(['millis', 'cpuMillis', 'megabytes'] as const).map((key) => (label === BASE ? '–' : rounded(over(label, key)))),
  ])
  return [
    {
      title: `ready, ${all.rounds} starts of each`,
      rows: [['', 'ms since the process began', 'ms over Node', 'CPU ms over Node', 'MB over Node'], ...rows],
    },
  ]
}
