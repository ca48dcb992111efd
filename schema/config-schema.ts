import { toJsonSchema, type ConversionConfig, type JsonSchema } from '@valibot/to-json-schema'
import type { GenericSchema } from 'valibot'
import { fileKey } from '../src/settings/file/file-key.ts'
import { isInFile } from '../src/settings/file/option-reader.ts'
import { areHeaders, GRPC_TARGET, isEndpoint, isLevel, LEVEL_SPELLINGS, OPTIONS } from '../src/settings/schema.ts'
import { isHashKey } from '../src/settings/privacy.ts'
import { isOneSource, isSegmentPattern } from '../src/settings/websocket-schema.ts'
import { optionTexts } from './option-texts.ts'

/** A value that a variable gives is known only when it is read. */
const VARIABLE = String.raw`\$\{`
const NULL: JsonSchema = { type: 'null' }

/** What our own checks allow, as far as an expression can say it. */
const CHECKS = new Map<unknown, JsonSchema>([
  [isLevel, { anyOf: [{ enum: LEVEL_SPELLINGS }, { pattern: `^(?:${LEVEL_SPELLINGS.map(anyCase).join('|')})$` }] }],
  [isEndpoint, { pattern: `^https?://.|${GRPC_TARGET.source}` }],
  [isHashKey, { minLength: 16 }],
  [isSegmentPattern, { pattern: '^/(?:[^:][^/]*/)*:[^/]+' }],
  [isOneSource, { maxProperties: 1 }],
  [areHeaders, { propertyNames: { pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" } }],
])

function anyCase(word: string): string {
  return word.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
}

const CONVERSION: ConversionConfig = {
  errorMode: 'ignore',
  overrideSchema: ({ valibotSchema, jsonSchema }) => inFile(valibotSchema, jsonSchema),
  overrideAction: ({ valibotAction, jsonSchema }) =>
    valibotAction.type === 'check'
      ? { ...jsonSchema, ...CHECKS.get((valibotAction as unknown as { requirement: unknown }).requirement) }
      : undefined,
}

/** The JSON Schema of a file of settings: `logging:` is clew's, all else the application's. */
export function makeConfigSchema(): JsonSchema {
  const { $schema, ...rest } = toJsonSchema(OPTIONS, CONVERSION)
  const options = without(rest, '$defs', 'definitions')
  describe(options, 'InitOptions')
  return {
    ...($schema === undefined ? undefined : { $schema }),
    title: 'Settings of clew',
    description:
      "The section logging: of config.yaml; other sections are the application's own. A value may be ${NAME} or ${NAME:-default}.",
    type: 'object',
    properties: { logging: orNothing(options) },
  }
}

/** A schema in the words of a file, without what only code can give. */
function inFile(schema: GenericSchema, json: JsonSchema): JsonSchema | undefined {
  const { type, entries, options, getter } = schema as unknown as {
    type: string
    entries: Record<string, GenericSchema>
    options: readonly GenericSchema[]
    getter: (given: unknown) => GenericSchema
  }
  if (type === 'strict_object') return objectInFile(entries, json)
  if (type === 'record') return { ...json, additionalProperties: orNothing(json.additionalProperties as JsonSchema) }
  if (type === 'array') return { ...json, items: orVariable(json.items as JsonSchema) }
  if (type === 'lazy')
    return { anyOf: [getter([]), getter({})].map((one) => without(toJsonSchema(one, CONVERSION), '$schema')) }
  if (type !== 'union') return undefined
  const data = (json.anyOf ?? []).filter((_, index) => !/custom|instance/.test(options[index]?.type ?? ''))
  return data.length === 1 ? (data[0] as JsonSchema) : { anyOf: data }
}

function objectInFile(entries: Record<string, GenericSchema>, json: JsonSchema): JsonSchema {
  const { properties = {}, required = [] } = json
  const options = Object.keys(properties).filter((option) => isInFile([option, entries[option] as GenericSchema]))
  return {
    ...without(json, 'required'),
    properties: Object.fromEntries(options.map((key) => [fileKey(key), orNothing(properties[key] as JsonSchema)])),
    ...(required.length === 0 ? undefined : { required: required.map(fileKey) }),
  }
}

function without(json: JsonSchema, ...keys: readonly string[]): JsonSchema {
  return Object.fromEntries(Object.entries(json).filter(([key]) => !keys.includes(key)))
}

/** A value that may be left empty. */
function orNothing(json: JsonSchema): JsonSchema {
  const { anyOf, type, ...rest } = orVariable(json)
  if (anyOf !== undefined) return { ...rest, anyOf: [...anyOf, NULL] }
  return { ...rest, ...(type === undefined ? undefined : { type: [type, 'null'].flat() as never }) }
}

/** A scalar that a variable may give. */
function orVariable(json: JsonSchema): JsonSchema {
  const { type, pattern, anyOf, ...rest } = json
  if (type === 'number' || type === 'integer' || type === 'boolean') return { ...rest, type: [type, 'string'] as never, pattern: VARIABLE } // prettier-ignore
  if (type === 'string' && pattern !== undefined) return { ...rest, type, pattern: `${pattern}|${VARIABLE}` }
  const isPlain = type === 'string' && anyOf === undefined && rest.enum === undefined && (rest.minLength ?? 0) < 2
  if (isPlain || type === 'object' || type === 'array') return json
  const choices = anyOf === undefined || type === 'string' ? [json] : anyOf
  return { anyOf: [...choices, { type: 'string', pattern: VARIABLE }] }
}

const TEXTS = optionTexts()

/** Puts what the comments say to the options, and to those below them. */
function describe(json: JsonSchema, name: string): void {
  for (const [option, { description, below }] of TEXTS.get(name) ?? []) {
    const property = json.properties?.[fileKey(option)] as JsonSchema | undefined
    if (property === undefined) continue
    if (description !== '') property.description = description.replaceAll(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g, fileKey)
    for (const inner of objectsIn(property)) for (const one of below) describe(inner, one)
  }
}

/** The objects with properties that a schema allows. */
function objectsIn({ properties, items, anyOf, ...rest }: JsonSchema): JsonSchema[] {
  if (properties !== undefined) return [{ properties, ...rest }]
  return [items, ...(anyOf ?? [])].flat().flatMap((one) => (typeof one === 'object' ? objectsIn(one) : []))
}
