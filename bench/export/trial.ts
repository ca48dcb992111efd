/** A trial: `trial peer steady` or `trial peer fast`. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { inActiveSpan } from '../active-span.ts'
import { answer } from '../child.ts'
import { openPeer, type Peer } from '../peer.ts'
import { sayAtPace, sayRecords } from '../workload.ts'

/** What `steady` answers: bursts of 100 records, 10,000 a second. */
export interface SteadyTrial {
  readonly said: number
  /** CPU time of the main thread for a record. */
  readonly threadMicros: number
  /** CPU time of all threads for a record. */
  readonly processMicros: number
}

/** What `fast` answers: 500,000 records as fast as the main thread can say them. */
export interface FastTrial {
  readonly said: number
  /** From the first call until the peer has sent what it had. */
  readonly seconds: number
  readonly peakMegabytes: number
}

const BURSTS = { perSecond: 10_000, intervalMillis: 10 }
const WARM_UP_MILLIS = 4_000
const MEASURED_MILLIS = 5_000
const RECORDS = 500_000
const PER_TURN = 100

const peer = await openPeer(process.argv[2])
answer(await (process.argv[3] === 'steady' ? steady(peer) : fast(peer)))

async function steady(peer: Peer): Promise<SteadyTrial> {
  const measured = await inActiveSpan(peer, async () => {
    const first = await sayAtPace(peer.info, 0, { ...BURSTS, millis: WARM_UP_MILLIS })
    const [thread, all] = [process.threadCpuUsage(), process.cpuUsage()]
    const said = await sayAtPace(peer.info, first, { ...BURSTS, millis: MEASURED_MILLIS })
    const [threadAfter, allAfter] = [process.threadCpuUsage(), process.cpuUsage()]
    return {
      said,
      threadMicros: (sum(threadAfter) - sum(thread)) / (said - first),
      processMicros: (sum(allAfter) - sum(all)) / (said - first),
    }
  })
  await peer.close?.()
  return measured
}

/** A turn of the event loop after each 100, without which nobody could send anything. */
async function fast(peer: Peer): Promise<FastTrial> {
  const started = performance.now()
  await inActiveSpan(peer, async () => {
    for (let said = 0; said < RECORDS; said += PER_TURN) {
      sayRecords(peer.info, said, PER_TURN)
      await nextTurn()
    }
  })
  await peer.close?.()
  const seconds = (performance.now() - started) / 1_000
  return { said: RECORDS, seconds, peakMegabytes: process.resourceUsage().maxRSS / 1_000 }
}

function sum({ user, system }: NodeJS.CpuUsage): number {
  return user + system
}
