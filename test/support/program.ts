import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A program that was started, and its end. */
export interface Program {
  readonly child: ChildProcess
  readonly ended: Promise<ProgramEnd>
}

const ROOT = join(import.meta.dirname, '../..')

/** Starts a file below the project's root with the Node that runs the tests. The environment is the given one, not ours. */
export function startProgram(
  file: string,
  args: readonly string[],
  environment: Record<string, string>,
  nodeOptions: readonly string[] = [],
): Program {
  const child = spawn(process.execPath, [...nodeOptions, join(ROOT, file), ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', CLEW_LOG_FILE: 'off', CLEW_LIFECYCLE: 'false', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = new Promise<ProgramEnd>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, ended }
}

/** Runs a program to its end. */
export function runProgram(
  file: string,
  args: readonly string[],
  environment: Record<string, string>,
  nodeOptions: readonly string[] = [],
): Promise<ProgramEnd> {
  return startProgram(file, args, environment, nodeOptions).ended
}
