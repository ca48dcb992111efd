import { setTimeout as delay } from 'node:timers/promises'
import { ServiceClient } from './client.ts'
import { holdInterview } from './interview.ts'
import { Tally } from './tally.ts'

const INTERVIEWS = 48
const AT_ONCE = 12
const PAUSE_MILLIS = 20
const TRICKLE_PAUSE_MILLIS = 250

/** Holds a fixed number of interviews, many at once, and tells what was done. */
export async function driveLoad(serviceUrl: string, stop: AbortSignal): Promise<Tally> {
  const tally = new Tally()
  const client = new ServiceClient(serviceUrl, tally)
  const pause = (): Promise<void> => delay(PAUSE_MILLIS, undefined, { signal: stop })
  const numbers = [...Array(INTERVIEWS).keys()].values()
  const room = async (): Promise<void> => {
    for (const number of numbers) {
      await holdInterview(client, number, pause).catch((error: unknown) => {
        stop.throwIfAborted()
        tally.troubles.push(`interview ${number}: ${String(error)}`)
      })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, room))
  return tally
}

/** Holds one interview after the other, slowly, so that there is something to watch; until it is told to stop. */
export async function trickle(serviceUrl: string, stop: AbortSignal): Promise<void> {
  for (let number = INTERVIEWS; !stop.aborted; number++) {
    const client = new ServiceClient(serviceUrl, new Tally())
    await holdInterview(client, number, () => delay(TRICKLE_PAUSE_MILLIS, undefined, { signal: stop })).catch(() => {})
    await delay(TRICKLE_PAUSE_MILLIS, undefined, { signal: stop }).catch(() => {})
  }
}
