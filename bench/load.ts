import { Child } from './child.ts'
import { SENDERS } from './fault.ts'
import type { LoadedLoop } from './load/trial.ts'
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

const RATES = [5_000, 20_000, 50_000]

/** What a steady load does to the event loop. */
export const loadBench: Bench = {
  name: 'load',
  about: 'the event loop while records are said at a steady rate and sent to a healthy receiver',
  peers: SENDERS.packages,
  rounds: 3,
  run: measure,
}

async function measure(options: BenchOptions): Promise<BenchTable[]> {
  options.progress('load')
  const variants: Variant[] = [
    ...eachBuild(SENDERS.clew, options),
    ...SENDERS.peers,
    { label: '(the workload alone)', program: 'nothing' },
  ]
  const results = await interleave(variants, options, runTrial)
  const table = (title: string, cell: (loops: readonly LoadedLoop[]) => string): BenchTable => ({
    title,
    rows: [
      ['', ...RATES.map((rate) => `${rounded(rate)} records/s`)],
      ...[...results].map(([label, trials]) => [
        label,
        ...RATES.map((_, at) => cell(trials.map((loops) => loops[at] as LoadedLoop))),
      ]),
    ],
  })
  return [
    table('p99 of the event loop delay, ms', (loops) =>
      spread(
        loops.map(({ p99Millis }) => p99Millis),
        1,
      ),
    ),
    table('share of the time in which the main thread was busy', (loops) => {
      const shares = loops.map(({ busyShare }) => busyShare * 100)
      return `${rounded(median(shares), 1)} %`
    }),
  ]
}

async function runTrial({ program }: Variant, { variables }: Surroundings): Promise<LoadedLoop[]> {
  const child = new Child('load/trial', [program, ...RATES.map(String)], variables)
  const loops = await child.answer<LoadedLoop[]>()
  await child.ended()
  return loops
}
