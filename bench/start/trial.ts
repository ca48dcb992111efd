/** A trial: `trial peer [said]`. With `said`: also a first record, sent and answered. */
import { answer } from '../child.ts'
import { openPeer } from '../peer.ts'
// All programs load the same files of the bench.
import { sayRecords } from '../workload.ts'
import '../clew-build.ts'

/** What a program tells when it is ready. */
export interface StartTrial {
  /** Since the process began. */
  readonly millis: number
  /** All threads. */
  readonly cpuMillis: number
  readonly megabytes: number
}

const peer = await openPeer(process.argv[2])
const said = process.argv[3] === 'said'
if (said) {
  sayRecords(peer.info, 0, 1)
  await peer.close?.()
}
const millis = performance.now()
const { user, system } = process.cpuUsage()
answer({ millis, cpuMillis: (user + system) / 1_000, megabytes: process.memoryUsage.rss() / 1e6 } satisfies StartTrial)
if (!said) await peer.close?.()
