import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

const STOP_MILLIS = 8000

/** A program that the demo started. */
export interface Child {
  readonly process: ChildProcess
  /** Settles when the program ends: its exit code, the signal that ended it, or the error that kept it from starting. */
  readonly ended: Promise<number | NodeJS.Signals | Error>
  /** Asks it to end, and ends it by force when it takes too long. */
  stop(): Promise<void>
}

/** Starts a program that does not outlive the demo, in a group of its own: Ctrl+C reaches only the demo, which ends it in order. */
export function startChild(
  command: string,
  given: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv> = process.env,
): Child {
  const child = spawn(command, given, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: environment })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit').then(
    ([code, signal]) => (code ?? signal) as number | NodeJS.Signals,
    (error: unknown) => error as Error,
  )
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const force = setTimeout(kill, STOP_MILLIS)
    await ended
    clearTimeout(force)
    process.removeListener('exit', kill)
  }
  return { process: child, ended, stop }
}
