import { Child } from './child.ts'
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
import type { EchoCount, EchoMemory } from './websocket/echo.ts'
import type { EchoTrial } from './websocket/load.ts'

const BASE = 'bare ws'
const CONNECTIONS = 50
const WARM_MILLIS = 1_500
const MEASURE_MILLIS = 3_000
/** On one socket, and how many of them at a time. */
const LONG_MESSAGES = 1_000_000
const LONG_TOGETHER = 100
const OPEN_SOCKETS = 10_000

/** Messages per second of an echo server, and what sessions take, with and without telemetry. */
export const websocketBench: Bench = {
  name: 'websocket',
  about: `messages of 100 bytes to a ws echo server and back, a million of them on one socket, ${OPEN_SOCKETS.toLocaleString('en')} open sockets`,
  peers: ['ws', '@opentelemetry/sdk-node', 'opentelemetry-instrumentation-ws', 'dd-trace'],
  rounds: 3,
  run: measure,
}

async function measure(options: BenchOptions): Promise<BenchTable[]> {
  const variants: Variant[] = [
    { label: BASE, program: 'bare' },
    ...eachBuild({ label: 'clew: session span and records, counts, metrics', program: 'clew' }, options),
    { label: 'OpenTelemetry NodeSDK, instrumentation-ws', program: 'otel' },
    { label: 'dd-trace, no spans of messages', program: 'datadog' },
    { label: 'dd-trace, as it comes: spans of messages', program: 'datadog', args: ['messages'] },
  ]
  const tables: BenchTable[] = []
  for (const together of [1, 20]) {
    options.progress(`websocket, ${together} at a time`)
    const results = await interleave(variants, options, (variant, around) => runEcho(variant, around, together))
    tables.push(echoTable(results, together))
  }
  options.progress('websocket, a million messages')
  tables.push(longTable(await interleave(variants, { ...options, rounds: 1 }, runLong)))
  options.progress('websocket, open sockets')
  tables.push(openTable(await interleave(variants, { ...options, rounds: 1 }, runOpen)))
  return tables
}

interface ServedTrial extends EchoTrial {
  /** Main thread of the server. */
  readonly microsPerMessage: number
}

/** Starts the server of a variant, does something with it, and ends it. */
async function withServer<R>(
  variant: Variant,
  { variables }: Surroundings,
  use: (server: Child, port: string) => Promise<R>,
): Promise<R> {
  const server = new Child(`websocket/${variant.program}`, variant.args, variables)
  const { port } = await server.answer<{ port: number }>()
  const result = await use(server, String(port))
  await server.ask('stop')
  await server.end()
  return result
}

function runEcho(variant: Variant, surroundings: Surroundings, together: number): Promise<ServedTrial> {
  return withServer(variant, surroundings, async (server, port) => {
    const load = new Child('websocket/load', [
      port,
      ...[CONNECTIONS, together, WARM_MILLIS, MEASURE_MILLIS].map(String),
    ])
    await load.answer()
    const before = await server.ask<EchoCount>('count')
    const result = await load.answer<EchoTrial>()
    const after = await server.ask<EchoCount>('count')
    await load.end()
    const microsPerMessage = (after.threadMicros - before.threadMicros) / (after.messages - before.messages)
    return { ...result, microsPerMessage }
  })
}

function echoTable(results: ReadonlyMap<string, readonly ServedTrial[]>, together: number): BenchTable {
  const perSecond = ({ messages, seconds }: EchoTrial): number => messages / seconds
  const micros = ({ microsPerMessage }: ServedTrial): number => microsPerMessage
  const base = results.get(BASE) ?? []
  const rows = [...results].map(([label, trials]) => [
    label,
    spread(trials.map(perSecond)),
    rounded(median(trials.map(perSecond)) / median(base.map(perSecond)), 2),
    spread(trials.map(micros), 2),
    trials === base ? '–' : rounded((median(trials.map(micros)) - median(base.map(micros))) * 1_000),
  ])
  const titles = ['', 'messages/s', 'x bare', 'us a message', 'ns over bare']
  const how = together === 1 ? 'one at a time on each' : `${together} at a time on each`
  return { title: `${CONNECTIONS} sockets, ${how}; main thread of the server`, rows: [titles, ...rows] }
}

interface Growth {
  readonly before: EchoMemory
  readonly after: EchoMemory
}

function runLong(variant: Variant, surroundings: Surroundings): Promise<Growth> {
  return withServer(variant, surroundings, async (server, port) => {
    const load = new Child('websocket/load', [
      port,
      '1',
      String(LONG_TOGETHER),
      String(WARM_MILLIS),
      `${LONG_MESSAGES}x`,
    ])
    await load.answer()
    const before = await server.ask<EchoMemory>('memory')
    await load.answer()
    const after = await server.ask<EchoMemory>('memory')
    await load.end()
    return { before, after }
  })
}

function longTable(results: ReadonlyMap<string, readonly Growth[]>): BenchTable {
  const rows = [...results].flatMap(
    ([label, [growth]]) =>
    growth === undefined ? [] : [[label, ...[growth.before.used, growth.after.used, growth.before.rss, growth.after.rss].map(megabytes)]], // prettier-ignore
  )
  const titles = ['', 'heap before, MB', 'after', 'resident before, MB', 'after']
  return { title: `${LONG_MESSAGES.toLocaleString('en')} messages on one socket`, rows: [titles, ...rows] }
}

function runOpen(variant: Variant, surroundings: Surroundings): Promise<Growth> {
  return withServer(variant, surroundings, async (server, port) => {
    const before = await server.ask<EchoMemory>('memory')
    const hold = new Child('websocket/hold', [port, String(OPEN_SOCKETS)])
    await hold.answer()
    const after = await server.ask<EchoMemory>('memory')
    hold.tell('stop')
    await hold.end()
    return { before, after }
  })
}

function openTable(results: ReadonlyMap<string, readonly Growth[]>): BenchTable {
  const each = ({ before, after }: Growth, of: keyof EchoMemory): string =>
    rounded((after[of] - before[of]) / OPEN_SOCKETS / 1_000, 1)
  const rows = [...results].flatMap(([label, [growth]]) =>
    growth === undefined ? [] : [[label, each(growth, 'used'), each(growth, 'rss')]],
  )
  const title = `${OPEN_SOCKETS.toLocaleString('en')} open sockets, kB each`
  return { title, rows: [['', 'heap', 'resident'], ...rows] }
}

function megabytes(bytes: number): string {
  return rounded(bytes / 1e6, 1)
}
