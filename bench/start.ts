import { runChild } from './child.ts'
import type { StartTrial } from './start/trial.ts'
import { median, rounded, spread } from './statistics.ts'
import { eachBuild, interleave, type Bench, type BenchOptions, type BenchTable, type Variant } from './trials.ts'

const BASE = 'Node alone'
/** A start is short: more trials than rounds of the other benches. */
const TRIALS_PER_ROUND = 3

const PEERS: readonly Variant[] = [
  { label: 'pino', program: 'pino' },
  { label: 'pino with its OpenTelemetry transport, ready', program: 'pino-otel' },
  { label: 'winston', program: 'winston' },
  { label: 'LogTape', program: 'logtape' },
  { label: 'OpenTelemetry SDK, logs only', program: 'otel:protobuf' },
  { label: 'NodeSDK: all signals, http and pino instrumented', program: 'node-sdk' },
  { label: 'NodeSDK, a first record sent and answered', program: 'node-sdk', args: ['said'] },
  { label: 'Sentry', program: 'sentry' },
]

/** Start-up time and memory over Node alone. */
export const startBench: Bench = {
  name: 'start',
  about: 'start-up time and memory over Node alone',
  peers: [
    'pino',
    'pino-opentelemetry-transport',
    'winston',
    '@logtape/logtape',
    '@opentelemetry/sdk-logs',
    '@opentelemetry/sdk-node',
    '@opentelemetry/instrumentation-http',
    '@opentelemetry/instrumentation-pino',
    '@sentry/node',
  ],
  rounds: 5,
  run: measure,
}

async function measure(options: BenchOptions): Promise<BenchTable[]> {
  options.progress('start')
  const variants: Variant[] = [
    { label: BASE, program: 'nothing' },
    ...eachBuild({ label: 'clew, init()', program: 'clew:all' }, options),
    ...eachBuild({ label: 'clew, a first record sent and answered', program: 'clew:all', args: ['said'] }, options),
    ...PEERS,
  ]
  const rounds = options.rounds * TRIALS_PER_ROUND
  const results = await interleave(variants, { rounds, progress: () => {} }, ({ program, args = [] }, { variables }) =>
    runChild<StartTrial>('start/trial', [program, ...args], variables),
  )
  const middle = (label: string, key: keyof StartTrial): number =>
    median((results.get(label) ?? []).map((trial) => trial[key]))
  const over = (label: string, key: keyof StartTrial): string =>
    label === BASE ? '–' : rounded(middle(label, key) - middle(BASE, key))
  const rows = [...results].map(([label, trials]) => [
    label,
    spread(trials.map(({ millis }) => millis)),
    over(label, 'millis'),
    over(label, 'cpuMillis'),
    over(label, 'megabytes'),
  ])
  return [
    {
      title: `ready, ${rounds} starts of each`,
      rows: [['', 'ms since the process began', 'ms over Node', 'CPU ms over Node', 'MB over Node'], ...rows],
    },
  ]
}
