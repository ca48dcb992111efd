import { spawn } from 'node:child_process'

/** One command of a build. */
export interface Step {
  /** What a person reads while it runs: `compiling the collector`. */
  readonly title: string
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
}

const heartbeatMillis = 20_000

/**
 * Runs one step to its end and says on stderr that it began, that it still runs (every 20 s) and how long it took.
 *
 * @throws when the command fails, with the last lines of what it printed.
 */
export async function runStep(step: Step): Promise<void> {
  const begin = Date.now()
  const seconds = () => `${Math.round((Date.now() - begin) / 1000)} s`
  say(`${step.title} …`)
  const heartbeat = setInterval(() => say(`${step.title}: ${seconds()} so far`), heartbeatMillis)
  try {
    await run(step)
  } finally {
    clearInterval(heartbeat)
  }
  say(`${step.title}: done in ${seconds()}`)
}

/** A line of progress; on stderr, so that a command's result on stdout stays clean. */
export function say(line: string): void {
  process.stderr.write(`clew stack: ${line}\n`)
}

async function run({ title, program, args, cwd, env }: Step): Promise<void> {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  const keep = (chunk: Buffer) => void (printed = (printed + chunk.toString()).slice(-4000))
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`${title} failed (exit ${String(code)}):\n${printed.trim()}`)
}
