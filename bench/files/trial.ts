/** A trial: `trial peer` says records as fast as it can, and closes the peer as its manual says. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { answer } from '../child.ts'
import { openPeer } from '../peer.ts'
import { sayRecords } from '../workload.ts'

/** What a trial answers. */
export interface FastTrial {
  readonly said: number
  /** From the first record until all are written. */
  readonly perSecond: number
}

const BATCH = 1_000
const SAID = 200_000

const peer = await openPeer(process.argv[2])
const before = performance.now()
for (let said = 0; said < SAID; said += BATCH) {
  sayRecords(peer.info, said, BATCH)
  await nextTurn()
}
await peer.close?.()
answer({ said: SAID, perSecond: (SAID * 1_000) / (performance.now() - before) })
