import {
  createEncoding as createEncodingOf,
  uidAttribute,
  type Encoding,
  type RecordUid,
} from '../../src/otlp/index.ts'
import { createRedactor } from '../../src/privacy/index.ts'

/** What the SDK encodes with, as `init()` makes it. */
export function createEncoding(): Encoding {
  return createEncodingOf(createRedactor())
}

/** A record's id that is known beforehand. */
export function fixedUid(text: string): RecordUid {
  return { attribute: uidAttribute(text), text: () => text }
}
