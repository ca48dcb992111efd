import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { until } from '../support/until.ts'

export const MAIN = join(import.meta.dirname, '../../dist/src/cli/main.js')

/** How a command was started. */
export interface DevStart {
  readonly cwd: string
  /** Beside what the tests run with; undefined takes a variable away. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** What the command reads; its input is empty otherwise. */
  readonly input?: string
  readonly inTerminal?: boolean
  /** The command's main file, where it is not that of the build. */
  readonly main?: string
}

/** Whether a terminal can be had. Without one its tests are left out, with a line that says how to get it; where CI=true they run, and fail. */
export function hasTerminal(): boolean {
  if (process.env['CI'] === 'true' || spawnSync('script', ['--version']).status === 0) return true
  console.warn('tests in a terminal are left out: apt-get install bsdutils')
  return false
}

/** How a command ended. */
export interface DevEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly error: string
}

/** A `clew dev` that runs. */
export interface DevProcess {
  readonly child: ChildProcess
  readonly ended: Promise<DevEnd>
  readonly output: { readonly out: string; readonly error: string }
  /** The address of the viewer, once it was said. */
  viewer(): Promise<string>
}

/** Variables that would change what `clew dev` does. */
const UNSET = ['NODE_OPTIONS', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'CLEW_HOME', 'CI', 'NODE_ENV', 'VITEST', 'FORCE_COLOR']

/** Starts `clew` with these arguments, without a terminal. */
export function startDev(arguments_: readonly string[], start: DevStart): DevProcess {
  const environment = { ...process.env, ...Object.fromEntries(UNSET.map((name) => [name, undefined])) }
  const command = [process.execPath, start.main ?? MAIN, ...arguments_]
  // Without `exec` a shell would stay in between, and hear of Ctrl+C too.
  const [file = '', ...rest] =
    start.inTerminal === true ? ['script', '-qefc', `exec ${command.join(' ')}`, '/dev/null'] : command
  const child = spawn(file, rest, { cwd: start.cwd, env: { ...environment, ...start.environment }, stdio: 'pipe' })
  const output = { out: '', error: '' }
  child.stdout.on('data', (chunk) => (output.out += String(chunk)))
  child.stderr.on('data', (chunk) => (output.error += String(chunk)))
  if (start.inTerminal !== true) child.stdin.end(start.input)
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    ...output,
  }))
  const viewer = async (): Promise<string> => {
    await until(`the viewer's address in ${JSON.stringify(output)}`, () => VIEWER.test(output.error))
    return (VIEWER.exec(output.error) as RegExpExecArray)[1] as string
  }
  return { child, ended, output, viewer }
}

const VIEWER = /clew: viewer (http:\/\/127\.0\.0\.1:\d+)\n/

/** What the log API answers. */
export async function ask<T>(viewer: string, path: string): Promise<T> {
  return (await (await fetch(`${viewer}/api/v1${path}`)).json()) as T
}
