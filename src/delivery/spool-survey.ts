import { existsSync, readdirSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { findNeighbours, isAlive, waitingIn, type LaneName } from '../spool/index.ts'
import { countDeadLetters } from './dead-letters.ts'

/** What lies in a spool's directory. */
export interface SpoolSurvey {
  /** Entries that wait, by lane. */
  readonly lanes: Readonly<Partial<Record<LaneName, number>>>
  /** Of these, those of processes that run and send them themselves. */
  readonly running: number
  readonly bytes: number
  /** For how long the oldest has waited; undefined when nothing does. */
  readonly oldestMillis: number | undefined
  /** Files that can't be read, and those that were set aside for it. */
  readonly damaged: number
  /** Entries that a receiver refused for good. */
  readonly deadLetters: number
  /** Whether there was time to look at all of it. */
  readonly complete: boolean
}

/**
 * Looks into a spool without a share in it: nothing is opened for writing, taken over or removed. Lets others run between two segments.
 * @throws where the directory can't be read
 */
export async function surveySpool(directory: string, signal: AbortSignal): Promise<SpoolSurvey> {
  const survey = { running: 0, bytes: 0, damaged: 0, complete: true }
  const lanes: Partial<Record<LaneName, number>> = {}
  let oldestMillis: number | undefined
  for (const { owner, lane, path } of findNeighbours(directory, '')) {
    await setImmediate()
    if (signal.aborted) return { ...survey, lanes, oldestMillis, deadLetters: 0, complete: false }
    const waiting = waitingIn(path)
    const isRunning = isAlive(directory, owner, undefined)
    // One that is gone was taken over meanwhile, or sent.
    if (waiting === undefined && !isRunning && existsSync(path)) survey.damaged++
    if (waiting === undefined || waiting.entries === 0) continue
    lanes[lane] = (lanes[lane] ?? 0) + waiting.entries
    survey.bytes += waiting.bytes
    if (isRunning) survey.running += waiting.entries
    oldestMillis = Math.max(oldestMillis ?? 0, waiting.oldestMillis)
  }
  survey.damaged += readdirSync(directory).filter((file) => file.endsWith('.damaged')).length
  return { ...survey, lanes, oldestMillis, deadLetters: countDeadLetters(directory) }
}
