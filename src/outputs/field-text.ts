import { KEYED_ATTRIBUTES } from '../fields/index.ts'
import { mergedFields, type Encoding, type LogRecordData } from '../otlp/index.ts'
import { secretProperties } from '../privacy/index.ts'
import { CUT_FIELDS, plainJson, readShown } from '../values/index.ts'
import { fitsKind } from './field-kind.ts'

/** One field as lines of text show it: safe, and without secrets. */
export interface FieldText {
  /** The key of the field map; the attribute's own name where there is none. */
  readonly key: string
  /** Whether the key is one of the field map. */
  readonly isKeyed: boolean
  /** The value: text as it is, anything else as JSON. */
  readonly text: string
  readonly isText: boolean
}

/** The fields of a record, as many as its limits allow; first those that have a key of their own. */
export function fieldTexts({ context, bound, fields }: LogRecordData, encoding: Encoding): FieldText[] {
  const keyed: FieldText[] = []
  const others: FieldText[] = []
  const all = mergedFields(context, bound, fields)
  const secrets = secretProperties(all)
  const { maxEntries, maxTotalLength } = encoding.safety.limits
  let length = 0
  let cut = 0
  for (const name in all) {
    if (keyed.length + others.length >= maxEntries || length > maxTotalLength) {
      cut++
      continue
    }
    const field = fieldText(name, readShown(all, name, secrets), encoding)
    if (field === undefined) continue
    length += field.text.length
    ;(field.isKeyed ? keyed : others).push(field)
  }
  if (cut > 0) others.push({ key: CUT_FIELDS, isKeyed: false, text: String(cut), isText: false })
  return [...keyed, ...others]
}

function fieldText(anyName: string, value: unknown, { keys, safety }: Encoding): FieldText | undefined {
  const { name, rule } = keys.get(anyName)
  if (value === undefined) return undefined
  const covered = rule?.covers(value) === true
  const replaced = covered ? rule.replace(value) : undefined
  if (covered && replaced === undefined) return undefined
  const json = replaced === undefined ? safety.json(value) : JSON.stringify(replaced)
  const keyed = KEYED_ATTRIBUTES.get(name)
  const isKeyed = keyed !== undefined && fitsKind(json, keyed.kind)
  return { key: isKeyed ? keyed.key : name, isKeyed, text: plainJson(json), isText: json.startsWith('"') }
}
