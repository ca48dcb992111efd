import { spawn, type ChildProcess } from 'node:child_process'
import { isatty } from 'node:tty'
import type { Output } from './output.ts'

/** How a program ended: with a code, or of a signal. */
export interface DevProgramEnd {
  readonly code: number
  readonly signal: NodeJS.Signals | null
  /** Whether the server ends too, also where it was to be kept: we were told to terminate, or the program never ran. */
  readonly final: boolean
}

/** By convention of shells. */
const NOT_FOUND = 127
const NOT_EXECUTABLE = 126

/**
 * Runs a program on this process's own streams to its end, and hands on the signals that come meanwhile. Ctrl+C in a terminal reaches the program without us, and would come twice, which many take
 * for impatience; without a terminal the program has a process group of its own, so that signals reach all of it.
 */
export async function runProgram(
  [command = '', ...arguments_]: readonly string[],
  environment: NodeJS.ProcessEnv,
  output: Output,
): Promise<DevProgramEnd> {
  const inTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor))
  const ownGroup = !inTerminal && process.platform !== 'win32'
  const child = spawn(command, arguments_, { stdio: 'inherit', env: environment, detached: ownGroup })
  let final = false
  const stop = forwardSignals((signal) => {
    if (signal !== 'SIGINT') final = true
    if (ownGroup) signalGroup(child, signal)
    else if (!inTerminal || signal !== 'SIGINT') child.kill(signal)
  })
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', (code, signal) => resolve({ code: code ?? 0, signal, final }))
    })
  } catch (error) {
    return notStarted(command, error as NodeJS.ErrnoException, output)
  } finally {
    stop()
  }
}

function notStarted(command: string, error: NodeJS.ErrnoException, output: Output): DevProgramEnd {
  if (error.code === 'ENOENT') {
    output.complain(
      `no command ${command} was found\nOne of the project's packages: clew dev -- npx ${command}; a script of package.json: clew dev -- npm run ${command}`,
    )
    return { code: NOT_FOUND, signal: null, final: true }
  }
  output.complain(`${command} can't be run: ${error.message}\nA file of Node's: clew dev -- node ${command}`)
  return { code: NOT_EXECUTABLE, signal: null, final: true }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** @returns stops */
function forwardSignals(forward: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of SIGNALS) process.on(signal, forward)
  return () => {
    for (const signal of SIGNALS) process.removeListener(signal, forward)
  }
}

/** Signals a program and all that it started: npm and npx don't hand on what they get. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // it has ended meanwhile
  }
}
