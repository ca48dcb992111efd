import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Child } from './child.ts'
import type { CommandTrial } from './redis/commands.ts'
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

const BASE = 'bare'
const LIBRARIES = ['redis', 'ioredis'] as const
/** What is asked at a time: the next command when the last one was answered, or many in one write. */
const TOGETHER = [1, 200] as const

interface RedisTrial extends CommandTrial {
  readonly spans: number
}

/** Commands per second of the Redis clients, with and without telemetry. */
export const redisBench: Bench = {
  name: 'redis',
  about: 'SET and GET per second of the clients redis and ioredis, one by one and 200 at a time; needs redis-server',
  peers: ['redis', 'ioredis', '@opentelemetry/sdk-node', '@opentelemetry/instrumentation-redis', '@opentelemetry/instrumentation-ioredis', 'dd-trace'], // prettier-ignore
  rounds: 3,
  run: measure,
}

async function measure(options: BenchOptions): Promise<BenchTable[]> {
  const server = await startRedis()
  try {
    const tables: BenchTable[] = []
    for (const library of LIBRARIES) {
      for (const together of TOGETHER) {
        options.progress(`${library}, ${together} at a time`)
        const variants = variantsOf(library, together, options)
        tables.push(table(library, together, await interleave(variants, options, (variant, around) => runTrial(variant, around, server.url)))) // prettier-ignore
      }
    }
    return tables
  } finally {
    await server.stop()
  }
}

function variantsOf(library: string, together: number, options: BenchOptions): Variant[] {
  const args = (ratio: number): string[] => [library, String(together), String(ratio)]
  return [
    { label: BASE, program: 'bare', args: args(1) },
    ...eachBuild({ label: 'clew: spans, metrics', program: 'clew', args: args(1) }, options),
    ...eachBuild({ label: 'clew, 1 % of traces sampled', program: 'clew', args: args(0.01) }, options),
    { label: 'OpenTelemetry NodeSDK: spans', program: 'otel', args: args(1) },
    { label: 'OpenTelemetry NodeSDK, 1 % sampled', program: 'otel', args: args(0.01) },
    { label: 'dd-trace', program: 'datadog', args: args(1) },
  ]
}

async function runTrial(variant: Variant, { variables, received }: Surroundings, url: string): Promise<RedisTrial> {
  const program = new Child(`redis/${variant.program}`, variant.args, { ...variables, BENCH_REDIS: url })
  const result = await program.answer<CommandTrial>()
  await program.end()
  return { ...result, spans: (await received()).spans }
}

function table(library: string, together: number, results: ReadonlyMap<string, readonly RedisTrial[]>): BenchTable {
  const perSecond = ({ commands, seconds }: RedisTrial): number => commands / seconds
  const micros = ({ threadMicros, commands }: RedisTrial): number => threadMicros / commands
  const base = results.get(BASE) ?? []
  const rows = [...results].map(([label, trials]) => [
    label,
    spread(trials.map(perSecond)),
    rounded(median(trials.map(perSecond)) / median(base.map(perSecond)), 2),
    spread(trials.map(micros), 2),
    trials === base ? '–' : rounded(median(trials.map(micros)) - median(base.map(micros)), 2),
    arrived(trials),
  ])
  const how = together === 1 ? 'one by one' : `${together} at a time`
  return {
    title: `${library}, ${how}; main thread of the client`,
    rows: [['', 'commands/s', 'x bare', 'us a command', 'us over bare', 'spans that came'], ...rows],
  }
}

/** Of all commands; a dash where there are none by design. */
function arrived(trials: readonly RedisTrial[]): string {
  const spans = trials.reduce((sum, trial) => sum + trial.spans, 0)
  const all = trials.reduce((sum, trial) => sum + trial.all, 0)
  return spans === 0 ? '–' : `${rounded((100 * spans) / all, 1)} %`
}

async function startRedis(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'clew-bench-redis-'))
  const port = await freePort()
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory], { stdio: 'ignore' }) // prettier-ignore
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
  child.once('error', () => {})
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 200) {
      await stop()
      throw new Error('redis-server did not start: apt-get install redis-server')
    }
    await delay(20)
  }
  return { url: `redis://127.0.0.1:${port}`, stop }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
