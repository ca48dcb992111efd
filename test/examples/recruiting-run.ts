import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createClient } from 'redis'
import type { LogEntry, SpanEntry } from '../../src/otlp/decode-entry.ts'
import { startReceiver } from '../support/otlp-receiver.ts'
import { startProgram, type ProgramEnd } from '../support/program.ts'
import { startRedisServer } from '../support/redis-server.ts'
import { awaitLine, TYPESCRIPT } from './example-program.ts'
import { visitRecruiting, type Visit } from './recruiting-visit.ts'

export type Row = Readonly<Record<string, string | number | null>>

/** All that came out of the service, from its start to its end. */
export interface Evidence {
  readonly end: ProgramEnd
  readonly visit: Visit
  /** With files named by what they are. */
  readonly folder: string
  readonly home: string
  readonly files: Readonly<Record<string, string>>
  readonly rows: readonly Row[]
  readonly logs: readonly LogEntry[]
  readonly spans: readonly SpanEntry[]
  /** What the calendar was sent. */
  readonly invitations: readonly NodeJS.Dict<string | string[]>[]
  remove(): Promise<void>
}

const LONGEST_MILLIS = 25_000
const READY = /"event":"READY".*"server\.port":(\d+)|is ready \(.*server\.port=(\d+)/
export const REDIS_PASSWORD = 'planted-redis-password'
export const CALENDAR_TOKEN = 'planted-calendar-token'

/** Runs the service beside real others, visits it as its users would, ends it as an operator would, and gathers what came out. */
export async function runRecruiting(environment: Record<string, string>): Promise<Evidence> {
  const folder = await mkdtemp(join(tmpdir(), 'clew-recruiting-'))
  const [redis, receiver, calendar] = await Promise.all([startRedis(), startReceiver(), startCalendar()])
  const home = join(folder, 'home')
  const program = startProgram(
    'examples/recruiting/service.ts',
    [],
    {
      PORT: '0',
      REDIS_URL: redis.url,
      CALENDAR_URL: calendar.url,
      CALENDAR_TOKEN,
      CLEW_HOME: home,
      CLEW_LOG_FILE: join(folder, 'logs/recruiting.jsonl'),
      CLEW_LIFECYCLE: 'true',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${CALENDAR_TOKEN}`,
      LOG_LEVEL: 'debug',
      ...environment,
    },
    TYPESCRIPT,
  )
  const overdue = setTimeout(() => program.child.kill('SIGKILL'), LONGEST_MILLIS)
  try {
    const [, json, human] = await awaitLine(program, READY)
    const visit = await visitRecruiting(`127.0.0.1:${json ?? human}`)
    program.child.kill('SIGTERM')
    const end = await program.ended
    await visit.closed
    return {
      end,
      visit,
      folder,
      home,
      files: await readFiles(join(folder, 'logs')),
      rows: readRows(join(home, 'audit.db')),
      logs: receiver.logs,
      spans: receiver.spans,
      invitations: calendar.invitations,
      remove: () => rm(folder, { recursive: true, force: true }),
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  } finally {
    clearTimeout(overdue)
    program.child.kill('SIGKILL')
    await Promise.all([redis.stop(), receiver.close(), calendar.close()])
  }
}

/** With a password, as in production. */
async function startRedis(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = await startRedisServer()
  const client = createClient({ url: server.url })
  await client.connect()
  await client.configSet('requirepass', REDIS_PASSWORD)
  client.destroy()
  return { url: server.url.replace('//', `//:${REDIS_PASSWORD}@`), stop: () => server.stop() }
}

/** Takes the first invitation, and is out of order for the second. */
async function startCalendar(): Promise<{
  readonly url: string
  readonly invitations: NodeJS.Dict<string | string[]>[]
  close(): Promise<void>
}> {
  const invitations: NodeJS.Dict<string | string[]>[] = []
  const server = createServer((request, response) => {
    invitations.push(request.headers)
    response.writeHead(invitations.length === 1 ? 201 : 503).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await once(server.close(), 'close')
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, invitations, close }
}

async function readFiles(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).toSorted()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])),
  ) as Record<string, string>
}

function readRows(path: string): Row[] {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return database.prepare('select * from audit_logs order by writer, seq').all() as Row[]
  } finally {
    database.close()
  }
}
