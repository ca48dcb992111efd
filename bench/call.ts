import { join } from 'node:path'
import { runChild } from './child.ts'
import type { CallTrial, Calls } from './call/workload.ts'
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

const CASES: Readonly<Record<keyof Calls, string>> = {
  info: 'info, six fields, ns a call',
  child: 'info by a child with three bound fields, ns a call',
  off: 'debug, level off, ns a call',
}
const BASE = 'pino, null stream'

/** Main-thread CPU time of one call. */
export const callBench: Bench = {
  name: 'call',
  about: "what one log call costs the main thread: clew to the spool on disk, pino, OpenTelemetry's SDK that drops",
  peers: ['pino', '@opentelemetry/sdk-logs', '@opentelemetry/sdk-trace', '@opentelemetry/context-async-hooks'],
  run: (options) => withSurroundings((surroundings) => measure(options, surroundings)),
}

async function measure(options: BenchOptions, surroundings: Surroundings): Promise<BenchTable[]> {
  const tables: BenchTable[] = []
  for (const kind of Object.keys(CASES) as (keyof Calls)[]) {
    options.progress(`call: ${kind}`)
    tables.push(await measureCase(kind, options, surroundings))
  }
  return tables
}

async function measureCase(kind: keyof Calls, options: BenchOptions, surroundings: Surroundings): Promise<BenchTable> {
  const variants: Variant[] = [
    ...eachBuild({ label: 'clew: encoded, in the spool, sent', program: 'clew.ts' }, options),
    { label: BASE, program: 'pino.ts' },
    ...(kind === 'info' ? [{ label: 'pino, /dev/null', program: 'pino.ts', args: ['/dev/null'] }] : []),
    { label: 'OpenTelemetry SDK, processor that drops', program: 'otel.ts' },
    { label: '(the workload alone)', program: 'nothing.ts' },
  ]
  const results = await interleave(variants, options, async ({ program, args = [], variables }) => {
    const file = join(import.meta.dirname, 'call', program)
    const trial = await runChild<CallTrial>(file, [kind, ...args], { ...surroundings.variables, ...variables })
    const { logs } = await surroundings.received()
    return { ...trial, arrived: logs }
  })
  const base = median((results.get(BASE) ?? []).map(({ threadNanos }) => threadNanos))
  const digits = kind === 'off' ? 1 : 0
  const rows = [...results].map(([label, trials]) => {
    const calls = trials.map(({ threadNanos }) => threadNanos)
    const said = trials.reduce((sum, trial) => sum + trial.said, 0)
    const arrived = trials.reduce((sum, trial) => sum + trial.arrived, 0)
    return [
      label,
      spread(calls, digits),
      rounded(median(calls) / base, 2),
      rounded(median(trials.map(({ batchNanos }) => batchNanos)), digits),
      arrived === 0 ? '–' : rounded(said - arrived),
    ]
  })
  return {
    title: CASES[kind],
    rows: [['', 'CPU of the main thread', 'x pino', 'by the clock, middle batch', 'lost'], ...rows],
  }
}
