import { measureCases, type CallCase } from './call.ts'
import type { Bench, BenchOptions, BenchTable, Variant } from './trials.ts'

const NOTHING = 'clew, nothing configured'
const PINO: Variant = { label: 'pino, null stream', program: 'pino' }
const ALONE: Variant = { label: '(the workload alone)', program: 'nothing' }

const clew = (label: string, feature: string, kind?: string): Variant => ({
  label,
  program: feature === '' ? 'clew-volume' : `clew-volume:${feature}`,
  ...(kind === undefined ? {} : { args: [kind] }),
})

const CASES: readonly CallCase[] = [
  {
    title: 'info, six fields, ns a call',
    kind: 'info',
    unit: NOTHING,
    clew: [clew(NOTHING, '')],
    others: [
      clew('a rule for another component', 'other'),
      clew('levels by file and signal', 'control'),
      clew('DEBUG for one user', 'narrowed'),
      clew('flight recorder', 'recorder'),
      clew('a rule by which all pass', 'passing'),
      clew('sample: 1 in 100', 'sampled'),
      clew('perSecond: 100 of each message', 'rated'),
      clew('perSecond: 100 of the component', 'rated-together'),
      clew('repeatMillis: each message once', 'repeated'),
      PINO,
      ALONE,
    ],
  },
  {
    title: 'debug, below the level, ns a call',
    kind: 'off',
    unit: NOTHING,
    clew: [clew(NOTHING, '')],
    others: [
      clew('log.debug(() => …)', '', 'guarded'),
      clew('a rule for another component', 'other'),
      clew('a rule by which all pass', 'passing'),
      clew('levels by file and signal', 'control'),
      clew('DEBUG for one user, who is another', 'narrowed', 'held'),
      clew('flight recorder: kept', 'recorder', 'held'),
      PINO,
      ALONE,
    ],
  },
  {
    title: 'count: one, with a value to be summed, ns a call',
    kind: 'count',
    unit: 'log.count, in an operation',
    clew: [],
    others: [
      clew('log.count, in an operation', 'operation'),
      clew('log.count, outside of all', ''),
      clew('log.info instead', '', 'info'),
      { label: 'OpenTelemetry metrics SDK: a counter and a histogram', program: 'otel-counter' },
      { ...ALONE, args: ['info'] },
    ],
  },
]

/** What it costs not to say something. */
export const volumeBench: Bench = {
  name: 'volume',
  about: 'what rules of volume, the flight recorder and counters cost a call',
  peers: ['pino', '@opentelemetry/sdk-metrics'],
  rounds: 3,
  run: measure,
}

/** Here it is no loss when less arrives than was said. */
async function measure(options: BenchOptions): Promise<BenchTable[]> {
  const tables = await measureCases('volume', CASES, options)
  return tables.map(({ title, rows }) => ({ title, rows: rows.map((row) => row.slice(0, -1)) }))
}
