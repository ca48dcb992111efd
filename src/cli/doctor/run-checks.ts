import { setTimeout } from 'node:timers/promises'
import { warning, type Check, type Finding } from './finding.ts'

/** Runs all checks side by side, each for so long at most; answers what they found in the order of the checks. */
export async function runChecks(checks: readonly Check[], timeoutMillis: number): Promise<Finding[]> {
  return (await Promise.all(checks.map((check) => runCheck(check, timeoutMillis)))).flat()
}

async function runCheck(check: Check, timeoutMillis: number): Promise<readonly Finding[]> {
  const over = new AbortController()
  const unfinished = warning(check.subject, `not looked at to the end within ${timeoutMillis} ms`)
  const late = setTimeout(timeoutMillis, [unfinished], { signal: over.signal })
  try {
    return await Promise.race([check.run(AbortSignal.timeout(timeoutMillis)), late])
  } catch (error) {
    return [warning(check.subject, `could not be looked at: ${error instanceof Error ? error.message : String(error)}`)]
  } finally {
    late.catch(() => {})
    over.abort()
  }
}
