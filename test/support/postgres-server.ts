import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { freePort } from './redis-server.ts'
import { until } from './until.ts'

const START_MILLIS = 20_000

/** A real PostgreSQL server of a test, with one empty database. */
export interface PostgresServer {
  readonly url: string
  /** Starts it again after `kill`. */
  start(): Promise<void>
  /** Ends it as a crash would. */
  kill(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** Where the programs are; undefined where PostgreSQL is not installed. */
function findPrograms(): string | undefined {
  const found = globSync('/usr/lib/postgresql/*/bin/initdb').toSorted().at(-1)
  return found === undefined ? undefined : dirname(found)
}

/** Whether tests against a real PostgreSQL can run here. Without it they are left out, with a line that says how to get it; where CI=true they run, and fail. */
export function hasPostgres(): boolean {
  if (process.env['CI'] === 'true' || findPrograms() !== undefined) return true
  console.warn('tests with a real PostgreSQL are left out: apt-get install postgresql')
  return false
}

/** Starts a server in a temporary directory. It refuses to run as root: then it runs as the user `postgres`. */
export async function startPostgres(): Promise<PostgresServer> {
  const programs = findPrograms()
  if (programs === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql')
  const user: Partial<ReturnType<typeof postgresUser>> = process.getuid?.() === 0 ? postgresUser() : {}
  const data = await mkdtemp(join(tmpdir(), 'clew-postgres-'))
  if (user.uid !== undefined && user.gid !== undefined) chownSync(data, user.uid, user.gid)
  const port = await freePort()
  const url = `postgres://clew@127.0.0.1:${port}/postgres`
  const init = spawnSync(join(programs, 'initdb'), ['-D', data, '-U', 'clew', '--auth=trust', '--no-sync'], {
    ...user,
    cwd: data,
  })
  if (init.status !== 0) throw new Error(`initdb failed: ${String(init.stderr)}`)
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const settings = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', data, '-c', 'fsync=off']
    child = spawn(join(programs, 'postgres'), settings, { ...user, cwd: data, stdio: 'ignore' })
    await until('PostgreSQL to answer', () => answers(url), START_MILLIS)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
  await start()
  return {
    url,
    start,
    kill: () => end('SIGQUIT'),
    async stop() {
      await end('SIGQUIT')
      await rm(data, { recursive: true, force: true })
    },
  }
}

function postgresUser(): { readonly uid: number; readonly gid: number } {
  const id = (what: string): number => Number(String(spawnSync('id', [what, 'postgres']).stdout))
  return { uid: id('-u'), gid: id('-g') }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
