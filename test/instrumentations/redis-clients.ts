import { Redis as Redis6 } from 'ioredis'
import { Redis as Redis5 } from 'ioredis5'
import { createClient as createClient6 } from 'redis'
import { createClient as createClient5 } from 'redis5'

/** What a test does with any client. */
export interface TestClient {
  set(key: string, value: string): Promise<unknown>
  get(key: string): Promise<unknown>
  lpush(key: string, value: string): Promise<unknown>
  blpop(key: string, seconds: number): Promise<unknown>
  command(name: string, ...words: string[]): Promise<unknown>
  /** A transaction that sets a key, and pushes to another one. */
  multi(setKey: string, pushKey: string): Promise<unknown>
  /** A transaction that is given up when another connection writes the key meanwhile. */
  watched(key: string, meanwhile: () => Promise<unknown>): Promise<unknown>
  /** Commands that are sent together, of which each has its own end. */
  pipeline(...commands: readonly (readonly [name: string, ...words: string[]])[]): Promise<unknown>
  /** Without waiting for the connection, where the client does not need to. */
  xadd(stream: string, field: string, value: string): Promise<unknown>
  /** The entries that a group has not read yet, as the client gives them. */
  xreadgroup(stream: string, group: string): Promise<readonly unknown[]>
  subscribe(channel: string, heard: (message: string) => void): Promise<unknown>
  quit(): Promise<unknown>
}

/** Opens a client of one library; `options` is its URL. */
export type OpenClient = (url: string) => Promise<TestClient>

function redisOpener(createClient: typeof createClient6): OpenClient {
  return async (url) => {
    const client = createClient({ url, socket: { reconnectStrategy: false } })
    client.on('error', () => {})
    await client.connect()
    return {
      set: (key, value) => client.set(key, value),
      get: (key) => client.get(key),
      lpush: (key, value) => client.lPush(key, value),
      blpop: (key, seconds) => client.blPop(key, seconds),
      command: (...words) => client.sendCommand(words),
      multi: (setKey, pushKey) => client.multi().set(setKey, '1').lPush(pushKey, 'x').exec(),
      async watched(key, meanwhile) {
        await client.watch(key)
        await meanwhile()
        return client.multi().set(key, '2').exec()
      },
      pipeline(...commands) {
        const multi = client.multi()
        for (const command of commands) multi.addCommand([...command])
        return multi.execAsPipeline()
      },
      xadd: (stream, field, value) => client.xAdd(stream, '*', { [field]: value }),
      async xreadgroup(stream, group) {
        const read = await client.xReadGroup(group, 'consumer', { key: stream, id: '>' })
        return (read as { messages: unknown[] }[] | null)?.[0]?.messages ?? []
      },
      subscribe: (channel, heard) => client.subscribe(channel, heard),
      quit: () => client.close(),
    }
  }
}

function ioredisOpener(Redis: typeof Redis6): OpenClient {
  return async (url) => {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
    client.on('error', () => {})
    await client.connect()
    return {
      set: (key, value) => client.set(key, value),
      get: (key) => client.get(key),
      lpush: (key, value) => client.lpush(key, value),
      blpop: (key, seconds) => client.blpop(key, seconds),
      command: (name: string, ...words) => client.call(name, ...words),
      multi: (setKey, pushKey) => client.multi().set(setKey, '1').lpush(pushKey, 'x').exec(),
      async watched(key, meanwhile) {
        await client.watch(key)
        await meanwhile()
        return client.multi().set(key, '2').exec()
      },
      pipeline: (...commands) =>
        client.pipeline(commands.map(([name, ...words]) => [name.toLowerCase(), ...words])).exec(),
      xadd: (stream, field, value) => client.xadd(stream, '*', field, value),
      async xreadgroup(stream, group) {
        const read = await client.xreadgroup('GROUP', group, 'consumer', 'STREAMS', stream, '>')
        return (read as [string, unknown[]][] | null)?.[0]?.[1] ?? []
      },
      subscribe(channel, heard) {
        client.on('message', (_, message) => heard(message))
        return client.subscribe(channel)
      },
      quit: () => client.quit(),
    }
  }
}

/** The clients, both majors of both, as rows of a table of tests. */
export const LIBRARIES: readonly [string, OpenClient][] = [
  ['redis', redisOpener(createClient6)],
  ['redis 5', redisOpener(createClient5 as unknown as typeof createClient6)],
  ['ioredis', ioredisOpener(Redis6)],
  ['ioredis 5', ioredisOpener(Redis5 as unknown as typeof Redis6)],
]

/** The settings of a test's instrumentation. */
export const QUIET = Object.freeze({
  slowMillis: 10_000,
  streamContext: false,
  ignoreCommands: [],
  requireParent: false,
})
