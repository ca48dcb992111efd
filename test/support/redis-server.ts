import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const COMMAND = 'redis-server'
const READY_TIMEOUT_MILLIS = 60_000

/** A real Redis server of a test. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Stops it at once, by its process id, and removes its directory. */
  stop(): Promise<void>
}

/**
 * Whether tests against a real Redis can run here. Without the program they are left out, with a line that says how to get it; where CI=true they run, and fail.
 */
export function hasRedisServer(): boolean {
  if (process.env['CI'] === 'true' || spawnSync(COMMAND, ['--version']).status === 0) return true
  console.warn('tests with a real Redis are left out: apt-get install redis-server')
  return false
}

/** Starts a Redis server in a temporary directory, without persistence. */
export async function startRedisServer(port?: number): Promise<RedisServer> {
  const chosen = port ?? (await freePort())
  const directory = await mkdtemp(join(tmpdir(), 'clew-redis-'))
  const settings = [
    '--port',
    String(chosen),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    directory,
    '--daemonize',
    'no',
  ]
  const child = spawn(COMMAND, settings, { stdio: 'ignore' })
  try {
    await Promise.race([answers(chosen), failure(child)])
  } catch (error) {
    child.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
    throw error
  }
  return { port: chosen, url: `redis://127.0.0.1:${chosen}`, stop: () => stop(child, directory) }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function failure(child: ChildProcess): Promise<never> {
  const reason: unknown = await new Promise((resolve) => {
    child.once('error', resolve)
    child.once('exit', (code) => resolve(`it ended with ${String(code)}`))
  })
  throw new Error(`${COMMAND} did not start (apt-get install redis-server): ${String(reason)}`)
}

async function answers(port: number): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MILLIS
  while (!(await ping(port))) {
    if (Date.now() > deadline) throw new Error(`${COMMAND} does not answer on port ${port}`)
    await delay(10)
  }
}

function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', (data) => {
      socket.destroy()
      resolve(data.toString().startsWith('+PONG'))
    })
    socket.once('error', () => resolve(false))
  })
}

async function stop(child: ChildProcess, directory: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  await rm(directory, { recursive: true, force: true })
}
