import { runChild } from './child.ts'
import type { FastTrial, SteadyTrial } from './export/trial.ts'
import type { Received } from './received-count.ts'
import type * as Mistakes from '../src/settings/option-mistakes.ts'
import { median, rounded, spread } from './statistics.ts'
import { eachBuild, interleave, type Bench, type BenchOptions, type BenchTable, type Variant } from './trials.ts'

const UNIT = 'OpenTelemetry SDK, protobuf'
const PEERS: readonly Variant[] = [
  { label: UNIT, program: 'otel:protobuf' },
  { label: 'OpenTelemetry SDK, JSON', program: 'otel:json' },
  { label: 'pino, OpenTelemetry transport', program: 'pino-otel' },
  { label: 'winston, OpenTelemetry transport', program: 'winston:otel' },
  { label: 'LogTape, OpenTelemetry sink', program: 'logtape:otel' },
  { label: 'Sentry', program: 'sentry' },
  { label: '(floor: protobuf by hand, posted by one thread)', program: 'floor:post' },
  { label: '(the workload alone)', program: 'nothing' },
]

type Arrived<Trial> = Trial & Received

/** The whole way of a record, from the call to a receiver in another process. */
export const exportBench: Bench = {
  name: 'export',
  about: 'a record from the call to the receiver: CPU time, throughput, loss, memory, bytes on the wire',
  peers: [
    '@opentelemetry/sdk-logs',
    '@opentelemetry/exporter-logs-otlp-proto',
    '@opentelemetry/exporter-logs-otlp-http',
    'pino',
    'pino-opentelemetry-transport',
    'winston',
    '@opentelemetry/winston-transport',
    '@logtape/logtape',
    '@logtape/otel',
    '@sentry/node',
  ],
  rounds: 3,
  run: measure,
}

async function measure(options: BenchOptions): Promise<BenchTable[]> {
  const variants: Variant[] = [
    ...eachBuild({ label: 'clew, gzip', program: 'clew' }, options),
    ...eachBuild({ label: 'clew, no compression', program: 'clew:none' }, options),
    ...((await offersZstd()) ? [{ label: 'clew, zstd', program: 'clew:zstd' }] : []),
    ...PEERS,
  ]
  const run = <Trial>(way: string): Promise<Map<string, Arrived<Trial>[]>> => {
    options.progress(`export: ${way}`)
    return interleave(variants, options, async ({ program }, { variables, received }) => {
      const trial = await runChild<Trial>('export/trial', [program, way], variables)
      return { ...trial, ...(await received()) }
    })
  }
  return [steadyTable(await run<SteadyTrial>('steady')), fastTable(await run<FastTrial>('fast'))]
}

/** Whether this tree's build can compress with zstd. */
async function offersZstd(): Promise<boolean> {
  const file = new URL('../dist/src/settings/option-mistakes.js', import.meta.url).href
  const { optionMistakes } = (await import(file)) as typeof Mistakes
  return optionMistakes({ otlp: { compression: 'zstd' } }).length === 0
}

function steadyTable(results: ReadonlyMap<string, readonly Arrived<SteadyTrial>[]>): BenchTable {
  const base = middle(results.get(UNIT) ?? [], ({ threadMicros }) => threadMicros)
  const rows = [...results].map(([label, trials]) => [
    label,
    spread(
      trials.map(({ threadMicros }) => threadMicros),
      2,
    ),
    rounded(middle(trials, ({ threadMicros }) => threadMicros) / base, 2),
    spread(
      trials.map(({ processMicros }) => processMicros),
      2,
    ),
    lost(trials),
    orDash(
      middle(trials, ({ bytes, logs }) => bytes / logs),
      0,
    ),
  ])
  const head = ['', 'us of the main thread', 'x OpenTelemetry', 'us of the process', 'lost', 'bytes on the wire']
  return { title: 'bursts of 100 records, 10,000 records/s, for each record', rows: [head, ...rows] }
}

function fastTable(results: ReadonlyMap<string, readonly Arrived<FastTrial>[]>): BenchTable {
  const perSecond = ({ unique, seconds }: Arrived<FastTrial>): number => unique / seconds
  const base = middle(results.get(UNIT) ?? [], perSecond)
  const rows = [...results].map(([label, trials]) => [
    label,
    middle(trials, perSecond) === 0 ? '–' : spread(trials.map(perSecond)),
    orDash(middle(trials, perSecond) / base, 2),
    lost(trials),
    spread(trials.map(({ peakMegabytes }) => peakMegabytes)),
  ])
  const head = ['', 'records/s that arrived', 'x OpenTelemetry', 'lost', 'peak memory, MB']
  return { title: '500,000 records as fast as possible, default settings', rows: [head, ...rows] }
}

function middle<Trial>(trials: readonly Trial[], value: (trial: Trial) => number): number {
  return median(trials.map(value))
}

function orDash(value: number, digits: number): string {
  return value > 0 ? rounded(value, digits) : '–'
}

function lost(trials: readonly { readonly said: number; readonly unique: number }[]): string {
  const said = trials.reduce((sum, trial) => sum + trial.said, 0)
  const came = trials.reduce((sum, trial) => sum + trial.unique, 0)
  return came === 0 ? '–' : `${rounded((100 * (said - came)) / said, 1)} %`
}
