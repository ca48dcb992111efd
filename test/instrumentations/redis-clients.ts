import { Redis } from 'ioredis'
import { createClient } from 'redis'

/** What a test does with either library. */
export interface TestClient {
  set(key: string, value: string): Promise<unknown>
  get(key: string): Promise<unknown>
  lpush(key: string, value: string): Promise<unknown>
  blpop(key: string, seconds: number): Promise<unknown>
  command(name: string, ...words: string[]): Promise<unknown>
  /** A transaction that sets a key, and pushes to another one. */
  multi(setKey: string, pushKey: string): Promise<unknown>
  quit(): Promise<unknown>
}

/** Opens a client of one library; `options` is its URL. */
export type OpenClient = (url: string) => Promise<TestClient>

async function openRedis(url: string): Promise<TestClient> {
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
    quit: () => client.quit(),
  }
}

async function openIoredis(url: string): Promise<TestClient> {
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
    quit: () => client.quit(),
  }
}

/** The libraries, as rows of a table of tests. */
export const LIBRARIES: readonly [string, OpenClient][] = [
  ['redis', openRedis],
  ['ioredis', openIoredis],
]
