import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { ClewStatus } from '../../src/clew.ts'

const ROOT = join(import.meta.dirname, '../..')
const ANSWER_MILLIS = 90_000

/** What a speaker can be asked for, with what it answers; see test/fixtures/speaker.mjs. */
interface Commands {
  say: [{ count?: number; level?: string; fields?: Record<string, unknown> }, number]
  speak: [{ perSecond: number; seconds: number; errorEvery?: number }, { p99Millis: number; maxMillis: number }]
  status: [object, ClewStatus]
  flush: [{ timeoutMillis?: number }, boolean]
  shutdown: [object, { millis: number; status: ClewStatus }]
  settle: [object, undefined]
  block: [{ millis: number; count: number }, undefined]
  hog: [object, undefined]
  release: [object, undefined]
  clock: [{ shiftMillis: number }, undefined]
  endOne: [object, undefined]
  strange: [object, number[]]
}

/** How a speaker ended, and how long it took from the moment it was told to. */
export interface SpeakerEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
  readonly millis: number
}

/** How a speaker's program is started. */
export interface SpeakerStart {
  readonly file?: string
  readonly args?: readonly string[]
  readonly env: Record<string, string>
  readonly nodeOptions?: readonly string[]
  /** A shell's command in which `"$0" "$@"` is the program. */
  readonly around?: string
  /** Another user to run as; only root may. */
  readonly uid?: number
}

/** A program that says what it is asked to. */
export class Speaker {
  readonly child: ChildProcess
  /** Its process id. */
  readonly ready: Promise<number>
  readonly #ended: Promise<Omit<SpeakerEnd, 'millis'>>
  readonly #waiting = new Map<unknown, (value: never) => void>()
  #nextId = 0

  constructor({ file = 'speaker.mjs', args = [], env, nodeOptions = [], around, uid }: SpeakerStart) {
    const program = [...nodeOptions, join(ROOT, 'test/fixtures', file), ...args]
    const [command, all] =
      around === undefined ? [process.execPath, program] : ['/bin/sh', ['-c', around, process.execPath, ...program]]
    this.child = spawn(command, all, {
      cwd: ROOT,
      env: { PATH: process.env['PATH'] ?? '', CLEW_LOG_FILE: 'off', CLEW_LIFECYCLE: 'false', ...env },
      stdio: ['ignore', env['CONSOLE'] === undefined ? 'ignore' : 'pipe', 'pipe', 'ipc'],
      ...(uid === undefined ? {} : { uid }),
    })
    let stderr = ''
    this.child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    this.child.on('message', ({ id, value }: { id: unknown; value: never }) => {
      this.#waiting.get(id)?.(value)
      this.#waiting.delete(id)
    })
    this.#ended = new Promise((resolve, reject) => {
      this.child.on('error', reject)
      this.child.on('close', (code, signal) => resolve({ code, signal, stderr }))
    })
    const ready = new Promise<number>((resolve) => this.#waiting.set('ready', resolve))
    this.ready = Promise.race([ready, this.#ended.then(endedEarly)])
    // Nobody waits for it where a program is killed before it was asked for anything.
    this.ready.catch(() => {})
  }

  /** Asks for something; resolves with the answer. */
  async ask<N extends keyof Commands>(name: N, argument: Commands[N][0] = {}): Promise<Commands[N][1]> {
    await this.ready
    const id = this.#nextId++
    const answer = new Promise<Commands[N][1]>((resolve) => this.#waiting.set(id, resolve))
    this.child.send({ id, name, argument })
    return orFail(Promise.race([answer, this.#ended.then(endedEarly)]), `the answer to ${name}`)
  }

  /** Lets it end by `natural`, `exit`, `throw` or a signal, after so many records more in the same tick. */
  async end(way: string, count = 0): Promise<SpeakerEnd> {
    await this.ready
    const began = performance.now()
    this.leave(way, count)
    const end = await orFail(this.#ended, `its end by ${way}`)
    return { ...end, millis: performance.now() - began }
  }

  /** Tells it to end, and does not wait for it. */
  leave(way: string, count = 0): void {
    this.child.send({ id: 'end', name: 'end', argument: { way, count } })
  }

  /** Ends the whole program of a crowd, whatever its members do. */
  async exitCrowd(): Promise<void> {
    this.child.send({ name: 'exit' })
    await orFail(this.#ended, 'its exit')
  }

  /** Kills it, if it still runs. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.#ended
  }
}

function endedEarly({ code, signal, stderr }: Omit<SpeakerEnd, 'millis'>): never {
  throw new Error(`the speaker ended early (${String(code ?? signal)}): ${stderr}`)
}

async function orFail<T>(awaited: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited too long for ${what}`)), ANSWER_MILLIS)
  })
  try {
    return await Promise.race([awaited, late])
  } finally {
    clearTimeout(timer)
  }
}
