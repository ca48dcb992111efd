import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { DeliveryAnswer, DeliveryCommand, DeliveryWorkerData } from './clew-delivery-worker.ts'
import type { DeliveryMessage, DeliverySettings } from './delivery.ts'
import { LocalHost } from './local-host.ts'
import { withDeadline } from './with-deadline.ts'

/** Hears what delivery has to say to the user. */
export type DeliveryNote = (code: string, message: string) => void

/** The writing side's hold on delivery, wherever it runs. */
export interface DeliveryHost {
  readonly threaded: boolean
  send(message: DeliveryMessage): void
  /** Resolves with true when all that was sent before has been delivered; with false at the deadline, or at the first failure when giving up. */
  drain(giveUp: boolean, timeoutMillis: number): Promise<boolean>
  /** Delivers what it can and stops; blocks the calling thread, for so long at most. For a process that is about to end. */
  exit(timeoutMillis: number): void
  /** Stops without another try. */
  close(): void
}

/** Starts delivery in a worker thread; in this thread where a worker can't start (as in a bundle without the worker's file). */
export function startDelivery(settings: DeliverySettings, note: DeliveryNote): DeliveryHost {
  try {
    const file = workerFile()
    if (file !== undefined) return new WorkerHost(file, settings, note)
    note('no_worker', `delivery runs in the main thread, since the file of its worker is not here: ${CURE}`)
  } catch (error) {
    note('no_worker', `delivery runs in the main thread, since its worker can't start: ${String(error)}`)
  }
  return new LocalHost(settings, note)
}

const CURE =
  'leave clew out of the bundle, or bundle clew/delivery-worker beside it, under the name clew-delivery-worker'

/** Beside this file, or beside the bundle that this file is in; in one of CommonJS `import.meta` is empty. */
function workerFile(): URL | undefined {
  const here = (import.meta.url as string | undefined) ?? pathToFileURL(__filename).href
  const file = new URL(`./clew-delivery-worker${extname(here)}`, here)
  return existsSync(file) ? file : undefined
}

type SegmentMessage = DeliveryMessage & { readonly type: 'segment' }

const MAX_REMEMBERED = 64

class WorkerHost implements DeliveryHost {
  readonly threaded = true
  readonly #worker: Worker
  readonly #exited = new SharedArrayBuffer(4)
  readonly #drains = new Map<number, (empty: boolean) => void>()
  #fallback: DeliveryHost | undefined
  #nextId = 1
  #segments: SegmentMessage[] = []

  constructor(file: URL, settings: DeliverySettings, note: DeliveryNote) {
    const workerData: DeliveryWorkerData = { clewDelivery: true, settings, exited: this.#exited }
    this.#worker = new Worker(file, {
      workerData,
      name: 'clew delivery',
      // The application's preloads are not for this thread: they would start clew in it, which would start a thread of its own.
      env: { NODE_OPTIONS: '', ...settings.proxy },
      execArgv: file.pathname.endsWith('.ts')
        ? ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
        : [],
    })
    this.#worker.on('message', (answer: DeliveryAnswer) => this.#hear(answer, note))
    this.#worker.on('error', (error) => this.#fail(settings, note, error))
    // After the listeners: the first 'message' listener refs the worker again.
    this.#worker.unref()
  }

  #hear(answer: DeliveryAnswer, note: DeliveryNote): void {
    if (answer.type === 'note') return note(answer.code, answer.message)
    this.#drains.get(answer.id)?.(answer.empty)
    this.#drains.delete(answer.id)
  }

  /** Keeps the segments that may not be delivered yet, for the case that the worker dies. */
  #remember(segment: SegmentMessage): void {
    if (this.#segments.length >= MAX_REMEMBERED) this.#segments = this.#segments.filter(({ path }) => existsSync(path))
    this.#segments.push(segment)
  }

  /** The worker died or never started: the road goes on in this thread. */
  #fail(settings: DeliverySettings, note: DeliveryNote, error: unknown): void {
    note('no_worker', `delivery goes on in the main thread, since its worker failed: ${String(error)}`)
    this.#fallback = new LocalHost(settings, note)
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
    this.#post({ type: 'drain', id, giveUp })
    return withDeadline(drained, timeoutMillis)
  }

  exit(timeoutMillis: number): void {
    if (this.#fallback !== undefined) return this.#fallback.exit(timeoutMillis)
    this.#post({ type: 'exit' })
    Atomics.wait(new Int32Array(this.#exited), 0, 0, timeoutMillis)
  }

  close(): void {
    this.#fallback?.close()
    void this.#worker.terminate()
  }
}
