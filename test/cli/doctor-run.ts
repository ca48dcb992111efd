import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { MAIN } from './dev-process.ts'

/** What was found of one thing. */
export interface Finding {
  readonly subject: string
  readonly verdict: 'ok' | 'warning' | 'failure'
  readonly message: string
  readonly cure?: string
}

/** What `clew doctor --json` says. */
export interface Diagnosis {
  readonly ok: boolean
  readonly directory: string
  readonly settings: readonly {
    readonly path: string
    readonly value: string
    readonly origin: string
    readonly from?: string
  }[]
  readonly checks: readonly Finding[]
}

/** How the command ended. */
export interface DoctorEnd {
  readonly code: number | null
  readonly out: string
  readonly error: string
  readonly millis: number
}

/** Where and how it is started. */
export interface DoctorStart {
  readonly cwd: string
  readonly environment?: Readonly<Record<string, string>>
  readonly arguments?: readonly string[]
  /** A user that root can be. */
  readonly uid?: number
}

/** Nobody uses these ports: what answers on clew's own is another test's affair. */
const PORTS = ['--port', '1', '--otlp-port', '2']

/** Runs `clew doctor`; the environment is the given one, not ours. */
export async function runDoctor({ cwd, environment, arguments: more = [], uid }: DoctorStart): Promise<DoctorEnd> {
  const started = performance.now()
  const child = spawn(process.execPath, [MAIN, 'doctor', ...PORTS, ...more], {
    cwd,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
  })
  const output = { out: '', error: '' }
  child.stdout.on('data', (chunk) => (output.out += String(chunk)))
  child.stderr.on('data', (chunk) => (output.error += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output, millis: performance.now() - started }
}

/** Runs it for machines. */
export async function diagnose(start: DoctorStart): Promise<Diagnosis & DoctorEnd> {
  const end = await runDoctor({ ...start, arguments: ['--json', ...(start.arguments ?? [])] })
  if (!end.out.startsWith('{')) throw new Error(`no JSON: ${end.out}${end.error}`)
  return { ...(JSON.parse(end.out) as Diagnosis), ...end }
}

/** What was found of one thing: each verdict with its message and the cure. */
export function findingsOf({ checks }: Diagnosis, subject: string): string[] {
  return checks
    .filter((check) => check.subject === subject)
    .map(({ verdict, message, cure }) => `${verdict}: ${message}${cure === undefined ? '' : `: ${cure}`}`)
}
