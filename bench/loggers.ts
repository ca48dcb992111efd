import type { CallTrial } from './call/trial.ts'
import { runChild } from './child.ts'
import { median, rounded, spread } from './statistics.ts'
import { eachBuild, interleave, type Bench, type BenchOptions, type BenchTable, type Variant } from './trials.ts'

/** Those whose current version has an instrumentation: the one for bunyan is for its version 1. */
const OTEL = new Set(['pino', 'winston'])

/** Main-thread CPU time of one call of a logger that a program has already, when its records are taken too. */
export const loggersBench: Bench = {
  name: 'loggers',
  about: 'what one call of pino, winston, bunyan and console costs when its record goes out too',
  peers: [
    'pino',
    '@opentelemetry/instrumentation-pino',
    'winston',
    '@opentelemetry/instrumentation-winston',
    '@opentelemetry/winston-transport',
    'bunyan',
  ],
  rounds: 5,
  async run(options) {
    const tables: BenchTable[] = []
    for (const logger of [...OTEL, 'bunyan', 'console']) {
      options.progress(`loggers: ${logger}`)
      tables.push(await measureLogger(logger, options))
    }
    return tables
  },
}

async function measureLogger(logger: string, options: BenchOptions): Promise<BenchTable> {
  const alone: Variant = { label: `${logger} alone`, program: `logger-alone:${logger}` }
  const clew: Variant = { label: `${logger}, clew: encoded, in the spool, sent`, program: `logger-clew:${logger}` }
  const otel: Variant = { label: `${logger}, its instrumentation, SDK, sent`, program: `logger-otel:${logger}` }
  const variants = [alone, ...eachBuild(clew, options), ...(OTEL.has(logger) ? [otel] : [])]
  const results = await interleave(variants, options, async ({ program }, { variables, received }) => {
    const trial = await runChild<CallTrial>('call/trial', [program, 'info'], variables, { stdout: 'ignore' })
    return { ...trial, arrived: (await received()).logs }
  })
  const base = median((results.get(alone.label) ?? []).map(({ threadNanos }) => threadNanos))
  const rows = [...results].map(([label, trials]) => row(label, trials, base))
  const head = ['', 'CPU of the main thread', 'more than alone', 'by the clock, middle batch', 'lost']
  return { title: `${logger}: info, six fields, ns a call`, rows: [head, ...rows] }
}

function row(label: string, trials: readonly (CallTrial & { readonly arrived: number })[], base: number): string[] {
  const calls = trials.map(({ threadNanos }) => threadNanos)
  const said = trials.reduce((sum, trial) => sum + trial.said, 0)
  const arrived = trials.reduce((sum, trial) => sum + trial.arrived, 0)
  const isSent = !label.endsWith('alone')
  return [
    label,
    spread(calls, 0),
    isSent ? rounded(median(calls) - base) : '–',
    rounded(median(trials.map(({ batchNanos }) => batchNanos)), 0),
    isSent ? rounded(said - arrived) : '–',
  ]
}
