import type { Session } from '../api/contract.ts'
import { shortTime } from '../time/clock.ts'
import { durationText } from '../time/duration.ts'

/** How a session ended or why it is taken for open, in a sentence; what is guessed says so. */
export function stateText(session: Session): string {
  const last = shortTime(session.last_sign_of_life)
  const interval = durationText(session.summary_interval_ms).replace(/ 00 [ms]$/, '')
  switch (session.state_reason) {
    case 'silent':
      return `Last sign of life ${last}, no end was recorded: the process was killed or lost power, or its telemetry is held up. It was to give a sign of life every ${interval}: this is concluded from its silence.`
    case 'instance_stopped':
      return `Last sign of life ${last}, no end was recorded, and its process has said since that it stopped.`
    case 'instance_restarted':
      return `Last sign of life ${last}, no end was recorded: the process was killed or lost power. Its instance has begun again as another process since.`
    case 'no_summaries':
      return `Last sign of life ${last}. It gives no regular signs of life, so nobody can tell whether it still is there.`
    case 'sign_of_life':
      return `Last sign of life ${last}, another one is due every ${interval}.`
    default:
      return session.state === 'left_open'
        ? `The process shut down ${last} while the connection was open: whether and how it was closed is not known.`
        : closeText(session)
  }
}

/** `1000 normal closure, "the interview is over"`. */
export function closeText({ close_code, close_name, close_reason }: Session): string {
  const code = [close_code, close_name].filter((part) => part !== null).join(' ')
  return [code, close_reason === null ? '' : `“${close_reason}”`].filter((part) => part !== '').join(', ')
}
