import type { SessionState, StateReason } from './stored-session.ts'

/** A session that gives a sign of life each interval may miss two. */
const MISSED_INTERVALS = 2.5

/** What is known of a session's end. Times are milliseconds since 1970. */
export interface SessionSigns {
  readonly end: 'closed' | 'left_open' | null
  readonly lastMillis: number
  readonly summaryMillis: number
  /** When its process said that it stopped. */
  readonly stoppedMillis: number | null
  /** When its instance began again as another process. */
  readonly restartedMillis: number | null
}

/**
 * What a session is at a time. Known: that it ended, when its end was recorded; that it was broken off, when its process said it stopped, or its instance began anew, after the last sign of life.
 * Guessed: that it was broken off, when no sign of life came for two and a half of its intervals; that it is open, when it never gives signs of life.
 */
export function sessionState(signs: SessionSigns, nowMillis: number): { state: SessionState; reason: StateReason } {
  const { end, lastMillis, summaryMillis } = signs
  if (end !== null) return { state: end, reason: 'end_recorded' }
  if (signs.stoppedMillis !== null && signs.stoppedMillis >= lastMillis)
    return { state: 'broken_off', reason: 'instance_stopped' }
  if (signs.restartedMillis !== null && signs.restartedMillis > lastMillis)
    return { state: 'broken_off', reason: 'instance_restarted' }
  if (summaryMillis === 0) return { state: 'open', reason: 'no_summaries' }
  return lastMillis + MISSED_INTERVALS * summaryMillis >= nowMillis
    ? { state: 'open', reason: 'sign_of_life' }
    : { state: 'broken_off', reason: 'silent' }
}
