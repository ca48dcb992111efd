import { Child } from './child.ts'
import type { ServerCount } from './http/hello.ts'
import type { LoadTrial } from './http/load.ts'
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

const CONNECTIONS = 50
const WARM_MILLIS = 2_000
const MEASURE_MILLIS = 4_000
const BASE = 'bare'

/** What one trial of a server found. */
interface HttpTrial extends LoadTrial {
  /** Main thread of the server. */
  readonly microsPerRequest: number
  readonly served: number
  readonly spans: number
  readonly logs: number
}

/** What is served, and how much of it is traced. */
interface HttpBenchParts extends Pick<Bench, 'name' | 'about'> {
  readonly framework: 'http' | 'fastify'
  readonly ratio: number
}

const HELLO = `of a JSON hello, ${CONNECTIONS} keep-alive connections, telemetry exported`

/** Requests per second of a hello server, with and without telemetry. */
export const httpBenches: readonly Bench[] = [
  httpBench({ name: 'http', about: `requests per second ${HELLO}: node:http`, framework: 'http', ratio: 1 }),
  httpBench({ name: 'http-sampled', about: 'the same, one trace of ten sampled', framework: 'http', ratio: 0.1 }),
  httpBench({ name: 'fastify', about: `requests per second ${HELLO}: Fastify`, framework: 'fastify', ratio: 1 }),
  httpBench({ name: 'fastify-sampled', about: 'the same, one trace of ten sampled', framework: 'fastify', ratio: 0.1 }),
]

function httpBench({ name, about, ...parts }: HttpBenchParts): Bench {
  return {
    name,
    about,
    peers: [
      ...(parts.framework === 'fastify' ? ['fastify', '@fastify/otel'] : []),
      'pino',
      '@opentelemetry/sdk-node',
      '@opentelemetry/instrumentation-http',
      '@opentelemetry/instrumentation-pino',
      'dd-trace',
      '@sentry/node',
      '@pydantic/logfire-node',
    ],
    rounds: 3,
    run: (options) => measure(name, parts, options),
  }
}

async function measure(
  name: string,
  { framework, ratio }: Omit<HttpBenchParts, 'name' | 'about'>,
  options: BenchOptions,
): Promise<BenchTable[]> {
  options.progress(name)
  const of = (label: string, program: string, ...own: string[]): Variant => ({
    label,
    program,
    args: [framework, String(ratio), ...own],
  })
  const variants: Variant[] = [
    of(BASE, 'bare'),
    of('pino, a line a request', 'pino'),
    ...eachBuild(of('clew, init() first: span, record, metrics', 'clew'), options),
    ...eachBuild(of('clew, init() last: the same', 'clew', 'late'), options),
    of('OpenTelemetry NodeSDK: span, metrics', 'otel'),
    of('OpenTelemetry NodeSDK: span, metrics, record by pino', 'otel', 'pino'),
    of('dd-trace: span', 'dd-trace'),
    of('Sentry: span', 'sentry'),
    of('Logfire: span, metrics', 'logfire'),
  ]
  const results = await interleave(variants, options, runServer)
  const base = results.get(BASE) ?? []
  const rows = [...results].map(([label, trials]) => row(label, trials, { base, ratio }))
  return [
    {
      title: 'one server process, main thread measured',
      rows: [
        ['', 'requests/s', 'x bare', 'p99 ms', 'us a request', 'us over bare', 'spans lost', 'records lost'],
        ...rows,
      ],
    },
  ]
}

async function runServer(variant: Variant, { variables, received }: Surroundings): Promise<HttpTrial> {
  const server = new Child(`http/${variant.program}`, variant.args, variables)
  const { port } = await server.answer<{ port: number }>()
  const load = new Child('http/load', [port, CONNECTIONS, WARM_MILLIS, MEASURE_MILLIS].map(String))
  await load.answer()
  const before = await server.ask<ServerCount>('count')
  const result = await load.answer<LoadTrial>()
  const after = await server.ask<ServerCount>('count')
  await load.end()
  const { served } = await server.ask<ServerCount>('count')
  await server.ask('stop')
  await server.end()
  const { spans, logs } = await received()
  const micros = (after.threadMicros - before.threadMicros) / (after.served - before.served)
  return { ...result, microsPerRequest: micros, served, spans, logs }
}

function row(
  label: string,
  trials: readonly HttpTrial[],
  { base, ratio }: { readonly base: readonly HttpTrial[]; readonly ratio: number },
): string[] {
  const perSecond = ({ requests, seconds }: HttpTrial): number => requests / seconds
  const micros = ({ microsPerRequest }: HttpTrial): number => microsPerRequest
  const bare = median(base.map(micros))
  return [
    label,
    spread(trials.map(perSecond)),
    rounded(median(trials.map(perSecond)) / median(base.map(perSecond)), 2),
    spread(
      trials.map(({ p99Millis }) => p99Millis),
      1,
    ),
    spread(trials.map(micros), 1),
    trials === base ? '–' : rounded(median(trials.map(micros)) - bare, 1),
    ratio < 1 ? '–' : lost(trials, ({ spans }) => spans),
    lost(trials, ({ logs }) => logs),
  ]
}

/** The share of requests whose span or record never came; a dash where there are none by design. */
function lost(trials: readonly HttpTrial[], arrived: (trial: HttpTrial) => number): string {
  const served = trials.reduce((sum, trial) => sum + trial.served, 0)
  const came = trials.reduce((sum, trial) => sum + arrived(trial), 0)
  return came === 0 ? '–' : `${rounded((100 * Math.max(0, served - came)) / served, 1)} %`
}
