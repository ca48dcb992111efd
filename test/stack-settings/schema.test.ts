import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { makeStackSchema } from '../../schema/stack-schema.ts'

const accepts = new Ajv({ allowUnionTypes: true }).compile(makeStackSchema() as Record<string, unknown>)

test('an editor accepts the committed settings, and every part of them', () => {
  const text = readFileSync(join(import.meta.dirname, '../../stack/settings.yaml'), 'utf8')
  const settings = parse(text) as Record<string, unknown>
  expect([settings, {}, ...Object.entries(settings).map(([key, value]) => ({ [key]: value }))].map((one) => accepts(one))).toEqual(Array.from({ length: 6 }, () => true)) // prettier-ignore
  expect(accepts(parse('retention: { debug: }\nfiles:\n'))).toBe(true)
})

test.each([
  'retention: { debugg: 7d }',
  'retention: { debug: 7 }',
  'retention: { debug: 6mo }',
  'files: { max_megabytes: 99 }',
  'files: { max_backups: { audit: -1 } }',
  'traces: { keep_percent: 101 }',
  'traces: { slow_ms: 1.5 }',
  'collector: { memory_megabytes: 63 }',
  'other: {}',
])('it shows as wrong: %s', (text) => {
  expect(accepts(parse(text))).toBe(false)
})
