import type { Attributes } from '@opentelemetry/api'
import type { Encoding, Fields } from '../otlp/index.ts'
import { secretProperties } from '../privacy/index.ts'
import { readShown } from '../values/index.ts'
import { setEntry, shownField } from './shown-value.ts'

/** All fields, under their names on the wire and without secrets, frozen. */
export function shownAttributes(fields: Fields, { keys, safety }: Encoding): Attributes {
  const attributes: Attributes = {}
  const secrets = secretProperties(fields)
  for (const key in fields) {
    const value = readShown(fields, key, secrets)
    const known = keys.get(key)
    const shown = value === undefined ? undefined : shownField(known, value, safety)
    if (shown !== undefined) setEntry(attributes, known.name, shown)
  }
  return Object.freeze(attributes)
}
