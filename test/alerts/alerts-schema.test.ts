import { Ajv } from 'ajv'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { makeAlertsSchema } from '../../schema/alerts-schema.ts'
import { readAlerts } from '../../src/alerts/index.ts'
import { OWN_RULES } from '../stack/support/alert-scene.ts'
import { DEFAULT_ALERTS } from '../support/default-alerts.ts'

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../alerts.schema.json'), 'utf8')) as object
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema)
const isTaken = (text: string): boolean => {
  try {
    readAlerts(text)
    return true
  } catch {
    return false
  }
}

test('the published schema is that of the code: npm run schema', () => {
  expect(schema).toEqual(JSON.parse(JSON.stringify(makeAlertsSchema())))
})

test('the package has it as clew/alerts.schema.json', () => {
  expect(import.meta.resolve('clew/alerts.schema.json')).toMatch(/\/alerts\.schema\.json$/)
})

const rule = (lines: string): string => `rules: { mine: { summary: s, within: 5m, ${lines} } }`

describe('the schema takes what clew takes:', () => {
  test.each([
    DEFAULT_ALERTS,
    OWN_RULES,
    'rules:',
    `${rule('what: count, above: 0, by: [level, attributes.a.b]')}\nnotify: { slack: "\${A}", email: a@example.com }`,
  ])('%#', (text) => {
    expect(isTaken(text)).toBe(true)
    validate(parse(text))
    expect(validate.errors ?? []).toEqual([])
  })
})

describe('the schema refuses what clew refuses:', () => {
  test.each([
    rule('what: count'),
    rule('what: count, above: 1.5'),
    rule('what: count, above: 5%'),
    rule('what: count, above: 1, at_least: 3'),
    rule('what: count, above: 1, by: usr'),
    rule('what: count, above: 1, where: { lvel: ERROR }'),
    rule('what: count, above: 1, where: { level: error }'),
    rule('what: count, above: 1, where: { user: "" }'),
    rule('what: count, above: 1, where: { channel: audt }'),
    rule('what: count, above: 1, where: { attributes: { a..b: 1 } }'),
    rule('what: count, above: 1, for: 5'),
    rule('what: count, above: 1, runbook: x'),
    rule('what: share, above: 5%'),
    rule('what: share, above: 0.05, where: {}'),
    rule('what: share, above: 5%, where: {}, at_least: 0.5'),
    rule('what: average, above: 5'),
    rule('what: average, above: 5, attribute: a, unit: s'),
    rule('what: average, above: 5, attribute: a, metric: b, unit: s'),
    rule('what: average, above: 5, metric: a'),
    rule('what: average, above: 5, attribute: a, among: {}'),
    'rules: { A: { summary: s, within: 5m, what: count, above: 1 } }',
    'notify: { slack: https://hooks.slack.com/x }',
    'ruls: {}',
  ])('%s', (text) => {
    expect(isTaken(text)).toBe(false)
    expect(validate(parse(text))).toBe(false)
  })
})
