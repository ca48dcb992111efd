import { emitEvent } from './audit/index.ts'
import type { Deadline } from './deadline.ts'
import type { Fields } from './otlp/index.ts'
import { plainText } from './values/index.ts'

/** Closes a part of the program: a server, a pool, a queue. */
export type ClosePart = () => unknown

interface Part {
  readonly name: string
  readonly close: ClosePart
}

/** What happens to the service as a whole, said as component `system`: STARTUP, READY, SHUTDOWN, STOPPED. */
export class Lifecycle {
  readonly #service: string
  readonly #isTold: boolean
  #parts: readonly Part[] = []
  #isReady = false
  #isStopping = false
  #isStopped = false

  /** @param isTold whether it is said by itself, too */
  constructor(service: string, isTold: boolean) {
    this.#service = service
    this.#isTold = isTold
  }

  /** The program has started, set up like this. */
  started(fields: () => Fields): void {
    if (this.#isTold) emitEvent({ event: 'STARTUP', level: 'INFO', message: `${this.#service} starts`, fields })
  }

  /** The program can do its work now; said once. */
  ready(fields: Fields = {}): void {
    if (this.#isReady) return
    this.#isReady = true
    const startup = { 'clew.duration_ms': uptimeMillis() }
    emitEvent({
      event: 'READY',
      level: 'INFO',
      message: `${this.#service} is ready`,
      fields: { ...fields, ...startup },
    })
  }

  /** @returns takes the part back */
  add(name: string, close: ClosePart): () => void {
    const part = { name: plainText(name), close }
    this.#parts = [...this.#parts, part]
    return () => (this.#parts = this.#parts.filter((one) => one !== part))
  }

  /** Closes all parts, the last first, each with a record of how long it took. What one throws is said, and the next is closed. */
  async close(deadline: Deadline): Promise<void> {
    this.#stopping()
    const parts = this.#parts.toReversed()
    this.#parts = []
    for (const part of parts) await closePart(part, deadline)
  }

  #stopping(): void {
    if (this.#isStopping) return
    this.#isStopping = true
    const parts = this.#parts.length
    const fields = parts === 0 ? undefined : { 'clew.parts': parts }
    if (this.#isTold || parts > 0)
      emitEvent({ event: 'SHUTDOWN', level: 'INFO', message: `${this.#service} shuts down`, fields })
  }

  /** Nothing more is said after this. */
  stopped(): void {
    if (!this.#isTold || this.#isStopped) return
    this.#isStopped = true
    const fields = { 'clew.uptime_ms': uptimeMillis(), 'process.exit.code': exitCode() }
    emitEvent({ event: 'STOPPED', level: 'INFO', message: `${this.#service} has stopped`, fields })
  }
}

async function closePart({ name, close }: Part, deadline: Deadline): Promise<void> {
  const started = performance.now()
  let error: unknown
  let isClosed = false
  try {
    const closing = (async () => {
      await close()
      isClosed = true
    })()
    await deadline.wait(closing)
  } catch (thrown) {
    error = thrown ?? new Error(`${name} was not closed`)
  }
  const failed = error !== undefined || !isClosed
  emitEvent({
    event: 'SHUTDOWN',
    level: failed ? 'WARNING' : 'INFO',
    message: failed
      ? error === undefined
        ? `${name} did not close in time`
        : `${name} failed to close`
      : `${name} is closed`,
    fields: { 'clew.part': name, 'clew.duration_ms': Math.round((performance.now() - started) * 1_000) / 1_000 },
    error,
  })
}

function uptimeMillis(): number {
  return Math.round(process.uptime() * 1_000)
}

function exitCode(): number | undefined {
  return process.exitCode === undefined ? undefined : Number(process.exitCode)
}
