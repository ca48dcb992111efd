/** A trial: `trial peer`: says records at a steady rate, every millisecond those that are due, and looks at the event loop meanwhile. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { inActiveSpan } from '../active-span.ts'
import { answer } from '../child.ts'
import { openPeer } from '../peer.ts'
import { sayAtPace } from '../workload.ts'

/** What a trial answers for one rate. */
export interface LoadedLoop {
  readonly perSecond: number
  readonly p99Millis: number
  /** CPU time of the main thread, of all time. */
  readonly busyShare: number
}

const SETTLE_MILLIS = 1_000
const MEASURED_MILLIS = 3_000

const rates = process.argv.slice(3).map(Number)
const peer = await openPeer(process.argv[2])
const loops = await inActiveSpan(peer, async () => {
  const found: LoadedLoop[] = []
  let next = 0
  for (const perSecond of rates) {
    next = await sayAtPace(peer.info, next, { perSecond, intervalMillis: 1, millis: SETTLE_MILLIS })
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const [before, started] = [process.threadCpuUsage(), performance.now()]
    next = await sayAtPace(peer.info, next, { perSecond, intervalMillis: 1, millis: MEASURED_MILLIS })
    const [after, ended] = [process.threadCpuUsage(), performance.now()]
    delay.disable()
    const micros = after.user - before.user + after.system - before.system
    found.push({ perSecond, p99Millis: delay.percentile(99) / 1e6, busyShare: micros / 1_000 / (ended - started) })
  }
  return found
})
answer(loops)
// What still waits is nobody's concern here; some peers take long over it.
process.kill(process.pid, 'SIGKILL')
