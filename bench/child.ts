import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A program that says nothing for so long is ended. */
const MAX_SILENCE_MILLIS = 120_000

/** A program of a bench in a process of its own: it answers with JSON lines on stdout and takes words on stdin. */
export class Child {
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #file: string

  constructor(file: string, args: readonly string[] = [], variables: NodeJS.ProcessEnv = {}) {
    this.#file = file
    this.#process = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], {
      env: { ...process.env, ...variables },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  }

  /** The next line. Throws when the program ended without one. */
  async answer<T>(): Promise<T> {
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), MAX_SILENCE_MILLIS)
    const line = await this.#lines.next().finally(() => clearTimeout(timer))
    if (line.done === true) throw new Error(`${this.#file} ended without an answer`)
    return JSON.parse(line.value) as T
  }

  tell(word: string): void {
    this.#process.stdin?.write(`${word}\n`)
  }

  async ask<T>(word: string): Promise<T> {
    this.tell(word)
    return this.answer<T>()
  }

  /** Waits for its end. */
  async end(): Promise<void> {
    this.#process.stdin?.end()
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), MAX_SILENCE_MILLIS)
    const [code, signal] = (await once(this.#process, 'exit')) as [number | null, string | null]
    clearTimeout(timer)
    if (code !== 0) throw new Error(`${this.#file} ended with ${code ?? signal}`)
  }
}

/** Runs a program to its end. @returns its first line */
export async function runChild<T>(file: string, args: readonly string[], variables: NodeJS.ProcessEnv): Promise<T> {
  const child = new Child(file, args, variables)
  const answer = await child.answer<T>()
  await child.end()
  return answer
}

/** What a program says to the bench that started it. */
export function answer(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** Hears the words of the bench; their end is the end of stdin. */
export function onWord(words: Readonly<Record<string, () => void>>): void {
  createInterface({ input: process.stdin }).on('line', (word) => words[word]?.())
}
