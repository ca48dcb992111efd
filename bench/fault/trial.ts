/** A trial: `trial peer case`. It answers how much it said, where it lives to tell. */
import { setTimeout as sleep } from 'node:timers/promises'
import { answer, onWord } from '../child.ts'
import { openPeer } from '../peer.ts'
import { sayAtPace, sayRecords, type Call } from '../workload.ts'

const peer = await openPeer(process.argv[2])

const CASES = {
  /** 10,000 in one tick, then all that the peer offers to get them out. */
  async tick() {
    say(peer.info, 10_000)
    await peer.close?.()
    answer({})
  },
  /** 2,000 a second for 30 seconds. */
  async outage() {
    answer({ begun: true })
    const said = await sayAtPace(peer.info, 0, { perSecond: 2_000, intervalMillis: 10, millis: 30_000 })
    await peer.close?.()
    answer({ said })
  },
  /** Says 1,000 and waits to be killed. */
  async killed() {
    say(peer.info, 1_000)
    answer({})
    await forever()
  },
  /** Says 1,000 errors and dies in the same tick. */
  async diesAtOnce() {
    if (peer.error !== undefined) say(peer.error, 1_000)
    answer({})
    process.kill(process.pid, 'SIGKILL')
    await forever()
  },
  /** The same program once more: it says nothing. */
  async again() {
    onWord({ stop: () => void Promise.resolve(peer.close?.()).then(() => process.exit(0)) })
    answer({})
    await forever()
  },
  async ends() {
    await sayHundred()
  },
  async exits() {
    await sayHundred()
    process.exit(0)
  },
  async terminated() {
    await sayHundred()
    process.kill(process.pid, 'SIGTERM')
    await forever()
  },
  async throws() {
    await sayHundred()
    throw new Error('nobody catches this')
  },
}

/** A program that has run for a while. */
async function sayHundred(): Promise<void> {
  await sleep(500)
  say(peer.info, 100)
  answer({})
}

function say(call: Call, count: number): void {
  sayRecords(call, 0, count)
}

async function forever(): Promise<never> {
  for (;;) await sleep(60_000)
}

export type FaultName = keyof typeof CASES

await CASES[process.argv[3] as FaultName]()
