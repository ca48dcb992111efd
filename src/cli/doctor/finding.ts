/** How it is with what was looked at. */
export type Verdict = 'ok' | 'warning' | 'failure'

/** What a check has found: one line. */
export interface Finding {
  /** What was looked at: `Node`, `logs`. */
  readonly subject: string
  readonly verdict: Verdict
  readonly message: string
  /** What to do about it. */
  readonly cure?: string
}

/** Looks at one thing. Stops when the signal says that its time is over. */
export interface Check {
  readonly subject: string
  run(signal: AbortSignal): Promise<readonly Finding[]> | readonly Finding[]
}

export function ok(subject: string, message: string): Finding {
  return { subject, verdict: 'ok', message }
}

export function warning(subject: string, message: string, cure?: string): Finding {
  return { subject, verdict: 'warning', message, ...(cure === undefined ? undefined : { cure }) }
}

export function failure(subject: string, message: string, cure?: string): Finding {
  return { ...warning(subject, message, cure), verdict: 'failure' }
}
