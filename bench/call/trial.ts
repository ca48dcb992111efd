/** A trial: `trial peer kind`. By hand, after `npx tsc -p bench`: `node bench/dist/bench/call/trial.js pino info 3>&1 >/dev/null`. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { inActiveSpan } from '../active-span.ts'
import { answer } from '../child.ts'
import { openPeer } from '../peer.ts'
import { median } from '../statistics.ts'
import { last, sayRecords, type Call } from '../workload.ts'

/** What is called. */
export type CallKind = 'info' | 'child' | 'off' | 'guarded' | 'held' | 'count' | 'audit'

/** What a trial answers. */
export interface CallTrial {
  /** Main thread's CPU time a call, with garbage collection and the turns of the event loop between the batches. */
  readonly threadNanos: number
  /** By the clock: the middle one of all batches, so without what happens now and then. */
  readonly batchNanos: number
  readonly said: number
}

interface Amount {
  readonly batch: number
  readonly warmUp: number
  readonly measured: number
  /** Enough of it, when the calls are slow. */
  readonly millis: number
}

const RECORDS: Amount = { batch: 500, warmUp: 60_000, measured: 200_000, millis: 1_500 }
const NO_RECORDS: Amount = { batch: 20_000, warmUp: 2_000_000, measured: 30_000_000, millis: 1_000 }

const peer = await openPeer(process.argv[2])
const kind = process.argv[3] as CallKind
const call = peer[kind]
if (call === undefined) throw new Error(`${process.argv[2]} has no ${kind}`)
const amount = ['off', 'guarded', 'count'].includes(kind) ? NO_RECORDS : RECORDS
const result = await inActiveSpan(peer, () => measure(call, amount))
await peer.close?.()
answer(result)

/**
 * The calls come in batches, a turn of the event loop after each. Linux brings a thread's CPU time up to date only every few milliseconds: it is good for a whole
 * trial, not for a batch.
 */
async function measure(call: Call, amount: Amount): Promise<CallTrial> {
  const { batch, warmUp, measured, millis } = amount
  const warm = await batches(call, 0, { batch, count: warmUp, millis: millis / 3 })
  const before = process.threadCpuUsage()
  const nanos = await batches(call, warm.length * batch, { batch, count: measured, millis })
  const after = process.threadCpuUsage()
  const micros = after.user - before.user + after.system - before.system
  if (last === undefined) throw new Error('nothing was said')
  return {
    threadNanos: (micros * 1_000) / (nanos.length * batch),
    batchNanos: median(nanos) / batch,
    said: (warm.length + nanos.length) * batch,
  }
}

interface Run {
  readonly batch: number
  readonly count: number
  readonly millis: number
}

async function batches(call: Call, first: number, { batch, count, millis }: Run): Promise<number[]> {
  const nanos: number[] = []
  const end = performance.now() + millis
  for (let done = 0; done < count && performance.now() < end; done += batch) {
    const before = performance.now()
    sayRecords(call, first + done, batch)
    nanos.push((performance.now() - before) * 1e6)
    await nextTurn()
  }
  return nanos
}
