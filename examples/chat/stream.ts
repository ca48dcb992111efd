import { Redis } from 'ioredis'
import { createClient } from 'redis'

/** What is said in the chat, as it stands in the stream. */
export type Line = Readonly<Record<string, string>>

/** The stream that all services share. Each reads all of it, as a group of its own. */
export interface ChatStream {
  add(line: Line): Promise<void>
  /** Waits for entries that this service has not read yet; none after a while without any. */
  read(): Promise<readonly unknown[]>
  /** The fields of an entry. */
  fieldsOf(entry: unknown): Line
  close(): Promise<void>
}

const KEY = 'chat:lines'
const WAIT_MILLIS = 1_000
const GROUP_EXISTS = /^BUSYGROUP/

/** Opens the stream with either client: they are told alike. */
export function openStream(url: string, group: string, client = 'redis'): Promise<ChatStream> {
  return client === 'ioredis' ? withIoredis(url, group) : withRedis(url, group)
}

async function withRedis(url: string, group: string): Promise<ChatStream> {
  const writer = createClient({ url })
  const reader = writer.duplicate()
  for (const client of [writer, reader]) client.on('error', () => {}) // clew tells of it
  await Promise.all([writer.connect(), reader.connect()])
  await writer.xGroupCreate(KEY, group, '$', { MKSTREAM: true }).catch(unlessExists)
  return {
    add: async (line) => void (await writer.xAdd(KEY, '*', line)),
    async read() {
      const read = await reader.xReadGroup(group, 'only', { key: KEY, id: '>' }, { BLOCK: WAIT_MILLIS, NOACK: true })
      return (read as { messages: unknown[] }[] | null)?.[0]?.messages ?? []
    },
    fieldsOf: (entry) => (entry as { message: Line }).message,
    async close() {
      reader.destroy()
      await writer.close()
    },
  }
}

async function withIoredis(url: string, group: string): Promise<ChatStream> {
  const writer = new Redis(url)
  const reader = writer.duplicate()
  for (const client of [writer, reader]) client.on('error', () => {})
  await writer.xgroup('CREATE', KEY, group, '$', 'MKSTREAM').catch(unlessExists)
  return {
    add: async (line) => void (await writer.xadd(KEY, '*', ...Object.entries(line).flat())),
    async read() {
      const read = await reader.xreadgroup('GROUP', group, 'only', 'BLOCK', WAIT_MILLIS, 'NOACK', 'STREAMS', KEY, '>')
      return (read as [string, unknown[]][] | null)?.[0]?.[1] ?? []
    },
    fieldsOf(entry) {
      const [, words] = entry as [string, string[]]
      return Object.fromEntries(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? '']] : [])))
    },
    async close() {
      reader.disconnect()
      await writer.quit()
    },
  }
}

function unlessExists(error: Error): void {
  if (!GROUP_EXISTS.test(error.message)) throw error
}
