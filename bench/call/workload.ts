import { setImmediate as nextTurn } from 'node:timers/promises'
import { answer } from '../child.ts'
import { median } from '../statistics.ts'

/** The six fields of a record: an integer, three strings, a double, a boolean. */
export type OrderFields = {
  readonly 'order.id': number
  readonly 'cart.id': string
  readonly 'carrier.name': string
  readonly 'cart.state': string
  readonly price: number
  readonly 'is.new': boolean
}

export type Call = (message: string, fields: OrderFields) => void

/** One call of each kind, as a peer makes it. */
export interface Calls {
  readonly info: Call
  /** By a child with `BOUND`. */
  readonly child: Call
  /** Below the level that is on. */
  readonly off: Call
}

/** What a single trial answers. */
export interface CallTrial {
  /** Main thread's CPU time a call, with garbage collection and the turns of the event loop between the batches. */
  readonly threadNanos: number
  /** By the clock: the middle one of all batches, so without what happens now and then. */
  readonly batchNanos: number
  readonly said: number
}

/** The fields of the child. */
export const BOUND = Object.freeze({ 'session.id': 's-4711', 'peer.name': 'warehouse-7', attempt: 3 })

const KINDS = 1_024
const WARM_UP = { info: 60_000, child: 60_000, off: 2_000_000 }
const MEASURED = { info: 200_000, child: 200_000, off: 30_000_000 }
const BATCH = { info: 500, child: 500, off: 20_000 }

/** About 100 bytes each, flat as text that came from a socket is. */
const messages = texts(
  (i) =>
    `order ${100_000 + i} placed by customer ${1_000 + i} in warehouse ${10 + (i % 17)}, packed in two boxes, shipped by carrier north`,
)
const carts = texts((i) => `cart-${10_000 + i}`)
const carriers = texts((i) => `carrier-${i % 20}`)

function texts(text: (index: number) => string): string[] {
  return Array.from({ length: KINDS }, (_, index) => Buffer.from(text(index)).toString())
}

let last: unknown

/**
 * Runs the trial that the command line names, and answers. The calls come in batches, a turn of the event loop after each.
 * Linux brings a thread's CPU time up to date only every few milliseconds: it is good for a whole trial, not for a batch.
 */
export async function runTrial(calls: Calls): Promise<void> {
  const kind = process.argv[2] as keyof Calls
  const call = calls[kind]
  await batches(call, WARM_UP[kind], BATCH[kind])
  const before = process.threadCpuUsage()
  const batchNanos = await batches(call, MEASURED[kind], BATCH[kind])
  const after = process.threadCpuUsage()
  const micros = after.user - before.user + after.system - before.system
  answer({
    threadNanos: (micros * 1_000) / MEASURED[kind],
    batchNanos: median(batchNanos) / BATCH[kind],
    said: kind === 'off' ? 0 : WARM_UP[kind] + MEASURED[kind],
  } satisfies CallTrial)
  if (last === undefined) throw new Error('nothing was said')
}

async function batches(call: Call, count: number, size: number): Promise<number[]> {
  const nanos: number[] = []
  for (let done = 0; done < count; done += size) {
    const before = performance.now()
    batch(call, done, size)
    nanos.push((performance.now() - before) * 1e6)
    await nextTurn()
  }
  return nanos
}

function batch(call: Call, first: number, size: number): void {
  for (let i = first; i < first + size; i++) {
    const kind = i & (KINDS - 1)
    const fields: OrderFields = {
      'order.id': i,
      'cart.id': carts[kind] as string,
      'carrier.name': carriers[kind] as string,
      'cart.state': (i & 3) === 0 ? 'open' : 'closed',
      price: i / 7,
      'is.new': (i & 1) === 0,
    }
    // Kept for a moment, so that the compiler can't leave the object out where nobody reads it.
    last = fields
    call(messages[kind] as string, fields)
  }
}
