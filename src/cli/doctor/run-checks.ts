import { setTimeout } from 'node:timers/promises'
import { warning, type Check, type Finding } from './finding.ts'

/** Runs all checks side by side, each for so long at most; answers what they found in the order of the checks. */
export async function runChecks(checks: readonly Check[], timeoutMillis: number): Promise<Finding[]> {
  return (await Promise.all(checks.map((check) => runCheck(check, timeoutMillis)))).flat()
}

async function runCheck(check: Check, timeoutMillis: number): Promise<readonly Finding[]> {
  const over = new AbortController()
  const late = setTimeout(
    timeoutMillis,
    [warning(check.subject, `not looked at to the end within ${timeoutMillis} ms`)],
    {
      signal: over.signal,
      ref: true,
    },
  )
  const stop = AbortSignal.timeout(timeoutMillis)
  try {
    return await Promise.race([Promise.resolve(check.run(stop)), late])
  } catch (error) {
    return [warning(check.subject, `could not be looked at: ${error instanceof Error ? error.message : String(error)}`)]
  } finally {
    over.abort()
    late.catch(() => {})
  }
}
