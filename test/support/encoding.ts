import { AttributeKeys, uidAttribute, type Encoding, type RecordUid } from '../../src/otlp/index.ts'
import { createRedactor } from '../../src/privacy/index.ts'
import { DEFAULT_LIMITS, ValueSafety } from '../../src/values/index.ts'

/** What the SDK encodes with, as `init()` makes it. */
export function createEncoding(): Encoding {
  const redactor = createRedactor()
  return { keys: new AttributeKeys(redactor), safety: new ValueSafety(redactor, DEFAULT_LIMITS) }
}

/** A record's id that is known beforehand. */
export function fixedUid(text: string): RecordUid {
  return { attribute: uidAttribute(text), text: () => text }
}
