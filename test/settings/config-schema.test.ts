import { Ajv, type ErrorObject } from 'ajv'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { makeConfigSchema } from '../../schema/config-schema.ts'
import { fileTrial } from '../support/settings-file.ts'
import { FULL_SETTINGS } from '../support/full-settings.ts'
import { WRONG_SHAPES } from '../support/wrong-settings.ts'

const ROOT = join(import.meta.dirname, '../..')
const schema = JSON.parse(readFileSync(join(ROOT, 'config.schema.json'), 'utf8')) as object
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema)
const trial = fileTrial()
afterAll(() => trial.remove())

test('the published schema is that of the code: npm run schema', () => {
  expect(schema).toEqual(JSON.parse(JSON.stringify(makeConfigSchema())))
})

test('the package has it as clew/config.schema.json', () => {
  expect(import.meta.resolve('clew/config.schema.json')).toMatch(/\/config\.schema\.json$/)
})

/** Where the schema finds something wrong: the innermost places. */
function placesOf(errors: readonly ErrorObject[]): string[] {
  const places = errors.map(({ instancePath, params }) => {
    const { additionalProperty, missingProperty } = params as Record<string, string | undefined>
    return [instancePath, additionalProperty ?? missingProperty].filter((part) => part !== undefined).join('/')
  })
  const innermost = places.filter((place) => !places.some((other) => other.startsWith(`${place}/`)))
  return [...new Set(innermost)].toSorted()
}

describe('a file that clew takes is right for the schema too:', () => {
  test.each([
    FULL_SETTINGS,
    'logging:',
    'server: { port: 1 }\nlogging: { level: WaRn, otlp: , console: { format: } }',
    'logging:\n  slow_ms: ${A:-5}\n  level: ${B:-info}\n  console:\n    enabled: ${C:-true}\n  otlp:\n    endpoint: ${D:-http://h:1}\n    protocol: ${E:-grpc}\n  privacy:\n    hash_key: ${F:-0123456789abcdef}',
    'logging: { otlp: false, flight_recorder: true, audit: { suspicious: false }, privacy: { personal_data: { email: hash } } }',
    'logging: { otlp: { protocol: grpc, endpoint: "h:4317", metrics: false } }',
  ])('%j', (text) => {
    expect(trial.mistakes(text)).toEqual([])
    validate(parse(text))
    expect(validate.errors ?? []).toEqual([])
  })
})

test.each(WRONG_SHAPES)('what clew refuses is wrong for the schema at the same places: %j', (text, mistakes) => {
  validate(parse(text))
  const keys = mistakes.map((mistake) => mistake.replace(/^\S+ ([\w.]+): .*/, '$1'))
  const places = keys.map((key) => `/${key.replaceAll('.', '/')}`)
  expect(placesOf(validate.errors ?? [])).toEqual(places.toSorted())
})
