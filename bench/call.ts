import type { CallKind, CallTrial } from './call/trial.ts'
import { runChild, type ChildOutput } from './child.ts'
import { median, rounded, spread } from './statistics.ts'
import { eachBuild, interleave, type Bench, type BenchOptions, type BenchTable, type Variant } from './trials.ts'

/** Variants of one kind of call, side by side. */
export interface CallCase {
  readonly title: string
  readonly kind: CallKind
  /** The row whose median is 1. */
  readonly unit: string
  readonly clew: readonly Variant[]
  readonly others: readonly Variant[]
}

const PINO = 'pino, null stream'
const TO_STDOUT = 'pino, /dev/null'
const CLEW = 'clew: encoded, in the spool, sent'
const DROPS = 'OpenTelemetry SDK, processor that drops'
const ALONE: Variant = { label: '(the workload alone)', program: 'nothing' }

const LOGGERS: readonly Variant[] = [
  { label: PINO, program: 'pino' },
  { label: 'pino, redact of 3 paths, null stream', program: 'pino:redact' },
  { label: 'pino, instrumentation-pino', program: 'pino-instrumented' },
  { label: DROPS, program: 'otel:drop' },
  { label: 'winston, null stream', program: 'winston' },
  { label: 'LogTape, JSON that is dropped', program: 'logtape' },
  { label: 'Sentry, transport that drops', program: 'sentry:drop' },
]
const FLOOR: readonly Variant[] = [
  { label: '(floor: protobuf by hand)', program: 'floor:protobuf' },
  { label: '(floor: the same, appended to a file)', program: 'floor:file' },
]

const CASES: readonly CallCase[] = [
  {
    title: 'info, six fields, ns a call',
    kind: 'info',
    unit: PINO,
    clew: [{ label: CLEW, program: 'clew' }],
    others: [...LOGGERS, { label: TO_STDOUT, program: 'pino:stdout' }, ...FLOOR, ALONE],
  },
  {
    title: 'info by a child with three bound fields, ns a call',
    kind: 'child',
    unit: PINO,
    clew: [{ label: CLEW, program: 'clew' }],
    others: [...LOGGERS, ...FLOOR, ALONE],
  },
  {
    title: 'debug, level off, ns a call',
    kind: 'off',
    unit: PINO,
    clew: [
      { label: 'clew', program: 'clew' },
      { label: 'clew, log.debug(() => …)', program: 'clew', args: ['guarded'] },
    ],
    others: [
      ...LOGGERS.filter(({ program }) => ['pino', 'otel:drop', 'winston', 'logtape'].includes(program)),
      { label: 'OpenTelemetry SDK, enabled() asked first', program: 'otel:drop', args: ['guarded'] },
      ALONE,
    ],
  },
  {
    title: 'info as a line of JSON on stdout, ns a call',
    kind: 'info',
    unit: TO_STDOUT,
    clew: [
      { label: 'clew, /dev/null', program: 'clew:console' },
      { label: 'clew, pipe', program: 'clew:console', args: ['info', 'pipe'] },
      { label: 'clew, lines for people, /dev/null', program: 'clew:human' },
      { label: 'clew, logfmt, /dev/null', program: 'clew:logfmt' },
    ],
    others: [
      { label: TO_STDOUT, program: 'pino:stdout' },
      { label: 'pino, pipe', program: 'pino:stdout', args: ['info', 'pipe'] },
      { label: 'winston, /dev/null', program: 'winston:stdout' },
      { label: 'LogTape, /dev/null', program: 'logtape:stdout' },
      { label: '(floor: JSON by hand, many lines in one write)', program: 'floor:json' },
    ],
  },
]

/** Main-thread CPU time of one call. */
export const callBench: Bench = {
  name: 'call',
  about: 'what one log call costs the main thread',
  peers: [
    'pino',
    '@opentelemetry/sdk-logs',
    '@opentelemetry/instrumentation-pino',
    'winston',
    '@logtape/logtape',
    '@sentry/node',
  ],
  rounds: 5,
  run: (options) => measureCases('call', CASES, options),
}

/** A table for each case. */
export async function measureCases(
  bench: string,
  cases: readonly CallCase[],
  options: BenchOptions,
): Promise<BenchTable[]> {
  const tables: BenchTable[] = []
  for (const one of cases) {
    options.progress(`${bench}: ${one.title}`)
    tables.push(await measureCase(one, options))
  }
  return tables
}

async function measureCase(one: CallCase, options: BenchOptions): Promise<BenchTable> {
  const { title, kind, unit, clew, others } = one
  const variants = [...clew.flatMap((variant) => eachBuild(variant, options)), ...others]
  const results = await interleave(variants, options, async ({ program, args = [] }, surroundings) => {
    const [called = kind, stdout = 'ignore'] = args as [CallKind?, ChildOutput['stdout']?]
    const trial = await runChild<CallTrial>('call/trial', [program, called], surroundings.variables, { stdout })
    const { logs } = await surroundings.received()
    return { ...trial, arrived: logs }
  })
  const base = median((results.get(unit) ?? []).map(({ threadNanos }) => threadNanos))
  const rows = [...results].map(([label, trials]) => row(label, trials, base))
  return { title, rows: [['', 'CPU of the main thread', `x ${unit}`, 'by the clock, middle batch', 'lost'], ...rows] }
}

function row(label: string, trials: readonly (CallTrial & { readonly arrived: number })[], base: number): string[] {
  const calls = trials.map(({ threadNanos }) => threadNanos)
  const digits = median(calls) < 100 ? 1 : 0
  const said = trials.reduce((sum, trial) => sum + trial.said, 0)
  const arrived = trials.reduce((sum, trial) => sum + trial.arrived, 0)
  return [
    label,
    spread(calls, digits),
    rounded(median(calls) / base, 2),
    rounded(median(trials.map(({ batchNanos }) => batchNanos)), digits),
    arrived === 0 ? '–' : rounded(said - arrived),
  ]
}
