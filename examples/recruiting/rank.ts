import { setTimeout as delay } from 'node:timers/promises'
import { getLogger } from 'clew'

const log = getLogger('ranking')
const MODEL_MILLIS = 1_050

/** Ranks a candidate: slow on purpose, so that its record is a warning. */
export function rank(interview: string): Promise<{ readonly points: number }> {
  return log.operation('rank_candidate', async (operation) => {
    await delay(MODEL_MILLIS)
    const points = interview.length % 10
    operation.set({ 'ranking.points': points })
    return { points }
  })
}
