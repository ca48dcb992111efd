import type { Redactor } from '../privacy/index.ts'
import { DEFAULT_LIMITS, ValueSafety } from '../values/index.ts'
import { AttributeKeys } from './attribute-key.ts'

/** What every encoder needs to turn values into bytes. One per SDK. */
export interface Encoding {
  readonly keys: AttributeKeys
  readonly safety: ValueSafety
}

/** An encoding that hides what the redactor says, with the default limits. */
export function createEncoding(redactor: Redactor): Encoding {
  return { keys: new AttributeKeys(redactor), safety: new ValueSafety(redactor, DEFAULT_LIMITS) }
}
