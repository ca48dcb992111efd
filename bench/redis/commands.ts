import { createRequire } from 'node:module'
import { answer } from '../child.ts'

/** What one trial of a client found. */
export interface CommandTrial {
  readonly commands: number
  readonly seconds: number
  /** Main thread. */
  readonly threadMicros: number
  /** All that were said, those of the warm-up too. */
  readonly all: number
}

/** What a trial's command line says: the client, how its commands are sent, and the share of traces that are sampled. */
export interface CommandArguments {
  readonly library: 'redis' | 'ioredis'
  readonly together: number
  readonly ratio: number
}

/** Reads them. */
export function commandArguments(
  [library, together, ratio]: readonly string[] = process.argv.slice(2),
): CommandArguments {
  return { library: library === 'ioredis' ? 'ioredis' : 'redis', together: Number(together), ratio: Number(ratio) }
}

interface Client {
  set(key: string, value: string): Promise<unknown>
  get(key: string): Promise<unknown>
}

const WARM_MILLIS = 1_000
const MEASURE_MILLIS = 2_500
const KEY = 'user:42:cart'
const VALUE = 'x'.repeat(20)

/** Loaded by `require`, as instrumentations that hook it need. */
const load = createRequire(import.meta.url)

/** SET and GET in turn, so many at a time. @param stop sends what there is left to send */
export async function runCommands(stop?: () => Promise<unknown>): Promise<void> {
  const { library, together } = commandArguments()
  const client = await open(library, process.env['BENCH_REDIS'] ?? '')
  const warm = await repeat(client, together, WARM_MILLIS)
  const cpu = process.threadCpuUsage()
  const started = performance.now()
  const commands = await repeat(client, together, MEASURE_MILLIS)
  const seconds = (performance.now() - started) / 1_000
  const { user, system } = process.threadCpuUsage(cpu)
  await stop?.()
  answer({ commands, seconds, threadMicros: user + system, all: warm + commands } satisfies CommandTrial)
  process.exit(0)
}

async function open(library: 'redis' | 'ioredis', url: string): Promise<Client> {
  if (library === 'ioredis') {
    const { Redis } = load('ioredis') as { Redis: new (url: string) => Client & { ping(): Promise<unknown> } }
    const client = new Redis(url)
    await client.ping()
    return client
  }
  const { createClient } = load('redis') as {
    createClient: (options: object) => Client & { connect(): Promise<unknown> }
  }
  const client = createClient({ url })
  await client.connect()
  return client
}

async function repeat(client: Client, together: number, millis: number): Promise<number> {
  const end = performance.now() + millis
  let commands = 0
  while (performance.now() < end) {
    if (together === 1) {
      await client.set(KEY, VALUE)
      await client.get(KEY)
    } else await Promise.all(Array.from({ length: together }, (_, at) => (at % 2 === 0 ? client.set(KEY, VALUE) : client.get(KEY)))) // prettier-ignore
    commands += Math.max(2, together)
  }
  return commands
}
