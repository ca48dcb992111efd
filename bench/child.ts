import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** A program that says nothing for so long is ended. */
const MAX_SILENCE_MILLIS = 120_000
/** Answers have a channel of their own: stdout is one of the things that are measured. */
const ANSWERS = 3
/** Where `tsc -p bench` leaves the programs: Node needs 35 ms and 18 MB to strip types, which nobody shall be charged with. */
const PROGRAMS = join(import.meta.dirname, 'dist/bench')

/** What becomes of what a program writes. */
export interface ChildOutput {
  /** @default 'ignore', which is /dev/null */
  readonly stdout?: 'ignore' | 'pipe'
  /** `kept` keeps it for `stderr`. @default 'inherit' */
  readonly stderr?: 'inherit' | 'kept'
}

/** How a program ended. */
export interface ChildEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program of a bench in a process of its own: it answers with JSON lines and takes words on stdin. */
export class Child {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #name: string
  readonly #ended: Promise<ChildEnd>
  #stderr = ''

  /** @param program its file in `bench/`, without the ending */
  constructor(
    program: string,
    args: readonly string[] = [],
    variables: NodeJS.ProcessEnv = {},
    { stdout = 'ignore', stderr = 'inherit' }: ChildOutput = {},
  ) {
    this.#name = [program, ...args].join(' ')
    this.#process = spawn(process.execPath, [join(PROGRAMS, `${program}.js`), ...args], {
      env: { ...process.env, ...variables },
      stdio: ['pipe', stdout, stderr === 'kept' ? 'pipe' : 'inherit', 'pipe'],
    })
    this.#process.stdin?.on('error', () => {})
    this.#process.stdout?.resume()
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    this.#ended = once(this.#process, 'close').then(([code, signal]) => ({ code, signal }))
    const answers = this.#process.stdio[ANSWERS] as Readable
    this.#lines = createInterface({ input: answers })[Symbol.asyncIterator]()
  }

  /** What it wrote to stderr, where that is kept. */
  get stderr(): string {
    return this.#stderr
  }

  /** The next line. Throws when the program ended without one. */
  async answer<T>(): Promise<T> {
    const line = await this.#within(this.#lines.next())
    if (line.done === true) throw new Error(`${this.#name} ended without an answer`)
    return JSON.parse(line.value) as T
  }

  tell(word: string): void {
    this.#process.stdin?.write(`${word}\n`)
  }

  async ask<T>(word: string): Promise<T> {
    this.tell(word)
    return this.answer<T>()
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** Waits for its end, however it comes. */
  async ended(): Promise<ChildEnd> {
    this.#process.stdin?.end()
    return this.#within(this.#ended)
  }

  /** Waits for its end. Throws when it was not a good one. */
  async end(): Promise<void> {
    const { code, signal } = await this.ended()
    if (code !== 0) throw new Error(`${this.#name} ended with ${code ?? signal}`)
  }

  async #within<T>(promise: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), MAX_SILENCE_MILLIS)
    return promise.finally(() => clearTimeout(timer))
  }
}

/** Runs a program to its end. @returns its first line */
export async function runChild<T>(
  program: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv,
  output: ChildOutput = {},
): Promise<T> {
  const child = new Child(program, args, variables, output)
  const answer = await child.answer<T>()
  await child.end()
  return answer
}

/** What a program says to the bench that started it. */
export function answer(value: unknown): void {
  writeSync(ANSWERS, `${JSON.stringify(value)}\n`)
}

/** Hears the words of the bench; their end is the end of stdin. */
export function onWord(words: Readonly<Record<string, () => void>>): void {
  createInterface({ input: process.stdin }).on('line', (word) => words[word]?.())
}
