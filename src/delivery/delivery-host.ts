import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { LANES, signalOf } from '../spool/index.ts'
import type { DeliveryAnswer, DeliveryCommand, DeliveryWorkerData } from './clew-delivery-worker.ts'
import type { DeliveryMessage, DeliverySettings } from './delivery.ts'
import { DeliveryCounters } from './delivery-counters.ts'
import type { DeliveryListener } from './delivery-event.ts'
import { LocalHost } from './local-host.ts'
import { withDeadline } from './with-deadline.ts'

/** The writing side's hold on delivery, wherever it runs. */
export interface DeliveryHost {
  readonly threaded: boolean
  send(message: DeliveryMessage): void
  /** Resolves with true when all that was sent before has been delivered; with false at the deadline, or at the first failure when giving up. */
  drain(giveUp: boolean, timeoutMillis: number): Promise<boolean>
  /** Delivers what it can in this time and stops; blocks the calling thread meanwhile, in a bad case for a second. For a process that is about to end. @returns whether it has stopped by then */
  exit(timeoutMillis: number): boolean
  /** Stops without another try. */
  close(): void
}

/** Starts delivery in a worker thread; in this thread where a worker can't start (as in a bundle without the worker's file). */
export function startDelivery(settings: DeliverySettings, tell: DeliveryListener): DeliveryHost {
  try {
    const file = workerFile()
    if (file !== undefined) return new WorkerHost(file, settings, tell)
    note(tell, `delivery runs in the main thread, since the file of its worker is not here: ${CURE}`)
  } catch (error) {
    note(tell, `delivery runs in the main thread, since its worker can't start: ${String(error)}`)
  }
  return new LocalHost(settings, tell)
}

const CURE =
  'leave clew out of the bundle, or bundle clew/delivery-worker beside it, under the name clew-delivery-worker'

/** Beside this file, or beside the bundle that this file is in; in one of CommonJS `import.meta` is empty. */
function workerFile(): URL | undefined {
  const here = (import.meta.url as string | undefined) ?? pathToFileURL(__filename).href
  const file = new URL(`./clew-delivery-worker${extname(here)}`, here)
  return existsSync(file) ? file : undefined
}

function note(tell: DeliveryListener, message: string): void {
  tell({ type: 'note', code: 'no_worker', message })
}

type SegmentMessage = DeliveryMessage & { readonly type: 'segment' }

const MAX_REMEMBERED = 64
/**
 * However little time there is to send: so long the worker may take to close what is open, which it does in some milliseconds.
 * To terminate it is the last resort: Node aborts the process (`close before init`, in 20 to 26) when it ends a thread that is making a zlib stream.
 */
const CLOSING_MILLIS = 1_000

class WorkerHost implements DeliveryHost {
  readonly #settings: DeliverySettings
  readonly #tell: DeliveryListener
  readonly #worker: Worker
  /** Beside the worker's own channel, which can't be read while the process ends. */
  readonly #answers = new MessageChannel()
  readonly #exited = new SharedArrayBuffer(4)
  readonly #drains = new Map<number, (empty: boolean) => void>()
  #fallback: DeliveryHost | undefined
  #nextId = 1
  #segments: SegmentMessage[] = []

  constructor(file: URL, settings: DeliverySettings, tell: DeliveryListener) {
    this.#settings = settings
    this.#tell = tell
    const { port1: answers, port2: answerPort } = this.#answers
    const workerData: DeliveryWorkerData = { clewDelivery: true, settings, exited: this.#exited, answerPort }
    this.#worker = new Worker(file, {
      workerData,
      transferList: [answerPort],
      name: 'clew delivery',
      // It keeps nothing for long: a small nursery is swept more often, and saves the process some ten megabytes.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
      // The application's preloads are not for this thread: they would start clew in it, which would start a thread of its own.
      env: { NODE_OPTIONS: '', ...settings.proxy },
      // Node 22 says on stderr that node:sqlite is an experiment, and the application's own flag does not come here.
      execArgv: [
        '--disable-warning=ExperimentalWarning',
        ...(file.pathname.endsWith('.ts') ? ['--experimental-strip-types'] : []),
      ],
    })
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.unref()
    answers.on('message', (answer: DeliveryAnswer) => this.#hear(answer))
    // After the listener, which refs the port.
    answers.unref()
  }

  get threaded(): boolean {
    return this.#fallback === undefined
  }

  #hear(answer: DeliveryAnswer): void {
    if (answer.type !== 'drained') return this.#tell(answer)
    this.#drains.get(answer.id)?.(answer.empty)
    this.#drains.delete(answer.id)
  }

  /** Keeps the segments that may not be delivered yet, for the case that the worker dies. */
  #remember(segment: SegmentMessage): void {
    if (this.#segments.length >= MAX_REMEMBERED) this.#segments = this.#segments.filter(({ path }) => existsSync(path))
    this.#segments.push(segment)
  }

  /** The worker died or never started: the road goes on in this thread, with what lies on disk. */
  #fail(error: unknown): void {
    const lost = dropMemory(new DeliveryCounters(this.#settings.counters))
    const loss = lost === 0 ? '' : `; ${lost} entries that were only in its memory are lost`
    note(this.#tell, `delivery goes on in the main thread, since its worker failed: ${String(error)}${loss}`)
    this.#fallback = new LocalHost(this.#settings, this.#tell)
    for (const segment of this.#segments) if (existsSync(segment.path)) this.#fallback.send(segment)
    for (const settle of this.#drains.values()) settle(false)
    this.#drains.clear()
  }

  #post(command: DeliveryCommand, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(command, [...transfer])
  }

  send(message: DeliveryMessage): void {
    if (message.type === 'segment') this.#remember(message)
    if (this.#fallback !== undefined) return this.#fallback.send(message)
    this.#post(message, message.type === 'block' ? [message.block.buffer as ArrayBuffer] : [])
  }

  drain(giveUp: boolean, timeoutMillis: number): Promise<boolean> {
    if (this.#fallback !== undefined) return this.#fallback.drain(giveUp, timeoutMillis)
    const id = this.#nextId++
    const drained = new Promise<boolean>((resolve) => this.#drains.set(id, resolve))
    this.#post({ type: 'drain', id, giveUp, timeoutMillis })
    return withDeadline(drained, timeoutMillis)
  }

  exit(timeoutMillis: number): boolean {
    if (this.#fallback !== undefined) return this.#fallback.exit(timeoutMillis)
    this.#post({ type: 'exit', timeoutMillis })
    const waitMillis = Math.max(timeoutMillis, CLOSING_MILLIS)
    const hasStopped = Atomics.wait(new Int32Array(this.#exited), 0, 0, waitMillis) !== 'timed-out'
    // What it had to tell meanwhile: no event loop will bring it any more.
    for (let one = this.#nextAnswer(); one !== undefined; one = this.#nextAnswer()) this.#hear(one)
    return hasStopped
  }

  #nextAnswer(): DeliveryAnswer | undefined {
    return receiveMessageOnPort(this.#answers.port1)?.message as DeliveryAnswer | undefined
  }

  close(): void {
    this.#fallback?.close()
    this.#answers.port1.close()
    void this.#worker.terminate()
  }
}

/** Counts what waited in the memory of a worker that died. */
function dropMemory(counters: DeliveryCounters): number {
  let lost = 0
  for (const lane of LANES) {
    const count = counters.waiting('memory', lane)
    counters.add(`dropped.shutdown.${signalOf(lane)}`, count)
    counters.set(`beyond.memory.${lane}`, -counters.get(`given.memory.${lane}`))
    lost += count
  }
  return lost
}
