export { errorDetails, type ErrorDetails } from './error-details.ts'
export { boundedString, DEFAULT_LIMITS, type ValueLimits } from './limits.ts'
export { ValueSafety, type SafeValue } from './safe-value.ts'
