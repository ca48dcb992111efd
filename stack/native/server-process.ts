import { spawn, type ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** What to start, and how one sees that it is ready. */
export interface ServerCommand {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment: nothing of this process's own leaks in. */
  readonly env: Readonly<Record<string, string>>
  /** Answers 200 once the server takes requests; `tcp://host:port` for one that speaks no HTTP. */
  readonly readyUrl: string
  /** @default 30000 */
  readonly readyTimeoutMillis?: number
}

/** A server that runs; it ends with `stop()`, at the latest with this process. */
export interface ServerProcess {
  readonly pid: number
  /** All it has printed so far. */
  output(): string
  /** Asks it to end (SIGTERM), insists after 10 s (SIGKILL), and resolves when it is gone. May be called twice. */
  stop(): Promise<void>
  /** Ends it at once (SIGKILL), as a crash would, and resolves when it is gone. */
  kill(): Promise<void>
}

/**
 * Starts a server and resolves when it is ready.
 *
 * @throws when it ends before that, or is not ready in time: with all it printed; it is stopped then.
 */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const { name, program, args, cwd, env, readyUrl, readyTimeoutMillis = 30_000 } = command
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  const keep = (chunk: Buffer) => void (printed += chunk.toString())
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  child.once('error', (error) => void (printed += error.message))
  const orphan = () => void child.kill('SIGKILL')
  process.once('exit', orphan)
  child.once('close', () => process.off('exit', orphan))

  const server: ServerProcess = {
    pid: child.pid ?? 0,
    output: () => printed,
    stop: () => stop(child),
    kill: () => end(child, 'SIGKILL'),
  }
  if (await isReady(child, readyUrl, Date.now() + readyTimeoutMillis)) return server
  await stop(child)
  throw new Error(`${name} did not become ready at ${readyUrl}. It printed:\n${printed.trim()}`)
}

async function isReady(child: ChildProcess, url: string, deadline: number): Promise<boolean> {
  while (isRunning(child) && Date.now() < deadline) {
    if (await (url.startsWith('tcp:') ? takesConnections(url) : answersOk(url))) return true
    await wait(50)
  }
  return false
}

async function answersOk(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
  await response?.body?.cancel()
  return response?.ok === true
}

function takesConnections(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function stop(child: ChildProcess): Promise<void> {
  const insist = setTimeout(() => void child.kill('SIGKILL'), 10_000)
  await end(child, 'SIGTERM')
  clearTimeout(insist)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (!isRunning(child)) return
  const gone = new Promise<void>((resolve) => void child.once('close', () => resolve()))
  child.kill(signal)
  await gone
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}
