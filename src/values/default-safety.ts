import { createRedactor } from '../privacy/index.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { ValueSafety } from './value-safety.ts'

/** The default redactor and limits, for what is made safe where no encoder is at hand: names, and the errors of spans. */
export const DEFAULT_SAFETY = new ValueSafety(createRedactor(), DEFAULT_LIMITS)
