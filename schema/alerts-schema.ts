import { toJsonSchema, type JsonSchema } from '@valibot/to-json-schema'
import { ALERTS } from '../src/alerts/index.ts'
import { fileKey } from '../src/settings/file/file-key.ts'

const NAME = '^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$'
const ATTRIBUTE = '^[a-zA-Z][a-zA-Z0-9]*(?:[._/-][a-zA-Z0-9]+)*$'

/** What each kind of rule has besides, may not have, and what its `above` is. */
const KINDS: Readonly<Record<string, { required?: string[]; without: readonly string[]; above: JsonSchema }>> = {
  count: {
    without: ['among', 'at_least', 'attribute', 'metric', 'unit'],
    above: { type: 'integer', minimum: 0 },
  },
  share: {
    required: ['where'],
    without: ['attribute', 'metric', 'unit'],
    above: { type: 'string', pattern: String.raw`^\d{1,2}(?:\.\d{1,6})? ?%$` },
  },
  average: { without: ['among'], above: { type: 'number' } },
}

/** The JSON Schema of a file of alert rules, for editors. */
export function makeAlertsSchema(): JsonSchema {
  const { $schema, ...rest } = toJsonSchema(ALERTS, { errorMode: 'ignore' })
  const schema = inFile(rest) as JsonSchema & { properties: Record<'rules' | 'notify', JsonSchema> }
  const { rules, notify } = schema.properties
  const rule = rules.additionalProperties as JsonSchema & { properties: Record<string, JsonSchema> }
  const { where, among, at_least: atLeast, by } = rule.properties
  for (const match of [where, among] as JsonSchema[]) {
    const { attributes, channel } = match.properties as Record<string, JsonSchema>
    Object.assign(attributes as object, { propertyNames: { pattern: ATTRIBUTE } })
    Object.assign(channel as object, { anyOf: oneOrMore({ enum: ['app', 'audit', '*'] }) })
  }
  Object.assign(atLeast as object, { type: 'integer', minimum: 1 })
  Object.assign(by as object, { anyOf: oneOrMore(groupKey(where as JsonSchema)) })
  Object.assign(rule, { required: ['summary', 'what', 'above', 'within'], allOf: kinds() })
  Object.assign(rules, { type: ['object', 'null'], propertyNames: { pattern: NAME, maxLength: 35 } })
  Object.assign(notify, { type: ['object', 'null'] })
  return {
    ...($schema === undefined ? undefined : { $schema }),
    title: 'Alert rules of clew',
    description: 'When to raise an alarm, and who is told: docs/alerts.md.',
    ...schema,
  }
}

function oneOrMore(one: JsonSchema): JsonSchema[] {
  return [one, { type: 'array', items: one, minItems: 1 }]
}

function groupKey({ properties = {} }: JsonSchema): JsonSchema {
  const words = Object.keys(properties).filter((key) => key !== 'text' && key !== 'attributes')
  return { anyOf: [{ enum: words }, { type: 'string', pattern: `^attributes\\.${ATTRIBUTE.slice(1)}` }] }
}

function kinds(): JsonSchema[] {
  const kind = Object.entries(KINDS).map(([what, { required, without, above }]) => ({
    if: { properties: { what: { const: what } }, required: ['what'] },
    // oxlint-disable-next-line unicorn/no-thenable -- the keyword is called that
    then: {
      properties: { above, ...Object.fromEntries(without.map((key) => [key, false as const])) },
      ...(required === undefined ? undefined : { required }),
    },
  }))
  const average = {
    if: { properties: { what: { const: 'average' } }, required: ['what'] },
    // oxlint-disable-next-line unicorn/no-thenable -- the keyword is called that
    then: {
      oneOf: [
        { required: ['attribute'], properties: { metric: false as const, unit: false as const } },
        { required: ['metric', 'unit'], properties: { attribute: false as const } },
      ],
    },
  }
  return [...kind, average]
}

/** With the keys that a file has. */
function inFile(json: JsonSchema | boolean): JsonSchema | boolean {
  if (typeof json === 'boolean') return json
  const { properties, required: _, ...rest } = json
  const below = (one: unknown): unknown => inFile(one as JsonSchema)
  return {
    ...rest,
    ...(properties === undefined ? undefined : { properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [fileKey(key), below(value)])) }), // prettier-ignore
    ...(typeof rest.additionalProperties === 'object' ? { additionalProperties: below(rest.additionalProperties) } : undefined), // prettier-ignore
  } as JsonSchema
}
