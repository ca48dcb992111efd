import type { IncomingHttpHeaders } from 'node:http'
import { failure, ok, warning, type Check, type Finding } from './finding.ts'

/** The oldest Node that clew runs on is of this day: a clock before it is wrong. */
const EARLIEST_MILLIS = Date.parse('2025-05-21')
const MAX_SKEW_MILLIS = 60_000

/** Whether this machine's clock can be right at all. */
export function clockCheck(): Check {
  const subject = 'clock'
  return {
    subject,
    run() {
      const now = new Date()
      const shown = `${now.toISOString().slice(0, 16)}Z`
      return now.getTime() < EARLIEST_MILLIS
        ? [failure(subject, `${shown} is in the past`, 'set it: receivers turn down what is too old')]
        : [ok(subject, shown)]
    },
  }
}

/** Whether a receiver's clock is another one; the answer's date is to the second. */
export function clockFinding(signal: string, answer: { readonly headers: IncomingHttpHeaders } | undefined): Finding[] {
  const theirs = Date.parse(answer?.headers.date ?? '')
  const skew = Math.round((theirs - Date.now()) / 1_000)
  if (!(Math.abs(skew) * 1_000 > MAX_SKEW_MILLIS)) return []
  const which = skew > 0 ? 'ahead of' : 'behind'
  return [warning(signal, `the receiver's clock is ${Math.abs(skew)} s ${which} this one`, 'let both be set by NTP')]
}
