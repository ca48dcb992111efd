import { setImmediate as nextTurn } from 'node:timers/promises'
import { answer } from '../child.ts'

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
  /** Main thread's CPU time for the calls alone. */
  readonly callNanos: number
  /** The same with all that the calls left to do on the main thread. */
  readonly threadNanos: number
  readonly said: number
}

/** The fields of the child. */
export const BOUND = Object.freeze({ 'session.id': 's-4711', 'peer.name': 'warehouse-7', attempt: 3 })

const KINDS = 1_024
const WARM_UP = { info: 60_000, child: 60_000, off: 2_000_000 }
const MEASURED = { info: 200_000, child: 200_000, off: 10_000_000 }
const BATCH = { info: 500, child: 500, off: 20_000 }

/** About 100 bytes each, flat as text that came from a socket is. */
const messages = texts(
  (i) => `order ${100_000 + i} placed by customer ${1_000 + i} in warehouse ${10 + (i % 17)}, shipped by carrier north`,
)
const carts = texts((i) => `cart-${10_000 + i}`)
const carriers = texts((i) => `carrier-${i % 20}`)

function texts(text: (index: number) => string): string[] {
  return Array.from({ length: KINDS }, (_, index) => Buffer.from(text(index)).toString())
}

/** Runs the trial that the command line names, and answers. The calls come in batches, a turn of the event loop after each. */
export async function runTrial(calls: Calls): Promise<void> {
  const kind = process.argv[2] as keyof Calls
  const call = calls[kind]
  await batches(call, WARM_UP[kind], BATCH[kind])
  const before = threadNanos()
  const callNanos = await batches(call, MEASURED[kind], BATCH[kind])
  const all = threadNanos() - before
  answer({
    callNanos: callNanos / MEASURED[kind],
    threadNanos: all / MEASURED[kind],
    said: kind === 'off' ? 0 : WARM_UP[kind] + MEASURED[kind],
  } satisfies CallTrial)
}

async function batches(call: Call, count: number, size: number): Promise<number> {
  let nanos = 0
  for (let done = 0; done < count; done += size) {
    const before = threadNanos()
    batch(call, done, size)
    nanos += threadNanos() - before
    await nextTurn()
  }
  return nanos
}

function batch(call: Call, first: number, size: number): void {
  for (let i = first; i < first + size; i++) {
    const kind = i & (KINDS - 1)
    call(messages[kind] as string, {
      'order.id': i,
      'cart.id': carts[kind] as string,
      'carrier.name': carriers[kind] as string,
      'cart.state': (i & 3) === 0 ? 'open' : 'closed',
      price: i / 7,
      'is.new': (i & 1) === 0,
    })
  }
}

function threadNanos(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) * 1_000
}
