import { DEFAULT_SAFETY } from './default-safety.ts'
import { errorDetails } from './error-details.ts'

/** One line about anything thrown, safe to be shown. Never throws. */
export function describeError(error: unknown): string {
  const { type, message } = errorDetails(error, DEFAULT_SAFETY)
  return `${type}: ${message}`
}
