import { setTimeout as sleep } from 'node:timers/promises'

/** The six fields of a record: an integer, three strings, a double, a boolean. */
export type OrderFields = {
  /** Counts up from 0 in each trial: the receiver tells by it what came, and what came twice. */
  readonly 'order.id': number
  readonly 'cart.id': string
  readonly 'carrier.name': string
  readonly 'cart.state': string
  readonly price: number
  readonly 'is.new': boolean
}

export type Call = (message: string, fields: OrderFields) => void

/** The fields of the child. */
export const BOUND = Object.freeze({ 'session.id': 's-4711', 'peer.name': 'warehouse-7', attempt: 3 })

const KINDS = 1_024

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

/** The fields made last. Kept for a moment, so that the compiler can't leave the object out where nobody reads it. */
export let last: OrderFields | undefined

/** Says so many records, the first of them with this number. */
export function sayRecords(call: Call, first: number, count: number): void {
  for (let i = first; i < first + count; i++) {
    const kind = i & (KINDS - 1)
    const fields: OrderFields = {
      'order.id': i,
      'cart.id': carts[kind] as string,
      'carrier.name': carriers[kind] as string,
      'cart.state': (i & 3) === 0 ? 'open' : 'closed',
      price: i / 7,
      'is.new': (i & 1) === 0,
    }
    last = fields
    call(messages[kind] as string, fields)
  }
}

/** A steady rate. */
export interface Pace {
  readonly perSecond: number
  /** From one burst to the next. A late burst is the larger for it. */
  readonly intervalMillis: number
  readonly millis: number
}

/** Says records at a steady rate, for so long. @returns the number of the record to be said next */
export async function sayAtPace(
  call: Call,
  first: number,
  { perSecond, intervalMillis, millis }: Pace,
): Promise<number> {
  const started = performance.now()
  let next = first
  for (let passed = 0; passed < millis; passed = performance.now() - started) {
    const due = first + Math.floor((passed / 1_000) * perSecond)
    sayRecords(call, next, due - next)
    next = due
    await sleep(intervalMillis)
  }
  return next
}
