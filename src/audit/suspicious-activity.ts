import type { Fields } from '../otlp/index.ts'
import type { FailureWatch } from './failure-watch.ts'
import { saySecurity } from './security-event.ts'

/** The security events that count as failures. */
const FAILURES: ReadonlySet<string> = new Set(['LOGIN_FAILED', 'PERMISSION_DENIED', 'UNAUTHENTICATED_ACCESS'])

/** Hears of security events and raises SUSPICIOUS_ACTIVITY when one user, or one address, fails too often. */
export function watchFailures(watch: FailureWatch): (event: string, known: Fields) => void {
  return (event, known) => {
    if (!FAILURES.has(event)) return
    for (const { by, key, failures, windowMillis } of watch.failed({
      user: known['user.id'],
      address: known['client.address'],
    })) {
      const minutes = Math.round(windowMillis / 6_000) / 10
      saySecurity(
        {
          event: 'SUSPICIOUS_ACTIVITY',
          level: 'ERROR',
          message: `suspicious activity: ${failures} failures in ${minutes} minutes by one ${by}`,
        },
        by === 'user' ? { user: key } : { ip: key },
        { 'clew.suspicious.by': by, 'clew.suspicious.failures': failures, 'clew.suspicious.window_ms': windowMillis },
      )
    }
  }
}
