import { expect, test } from 'vitest'
import { createEncoding, createScope, type LogRecordData } from '../../src/otlp/index.ts'
import { createResource } from '../../src/plugins/index.ts'
import { ProcessedLogRecord } from '../../src/plugins/processed-log-record.ts'
import type { KeyRule, Redactor } from '../../src/privacy/index.ts'
import { fixedUid } from '../support/encoding.ts'

/** A rule that must not be applied twice. */
const hash: KeyRule = { covers: () => true, replace: (value) => `#${String(value)}` }
const redactor: Redactor = { keyRule: (key) => (key === 'user.email' ? hash : undefined), text: (text) => text }
const encoding = createEncoding(redactor)

const given: LogRecordData = {
  timeMillis: 1e12,
  severityNumber: 9,
  severityText: 'INFO',
  body: 'said',
  eventName: undefined,
  scope: createScope('a'),
  context: undefined,
  bound: undefined,
  fields: { 'user.email': 'a@b', n: 1, constructor: 'x', ['__proto__']: 'y' },
  error: undefined,
  trace: undefined,
  uid: fixedUid('01M7Z15Z4N845NZJ3F02QRKBW7'),
}
const processed = (): ProcessedLogRecord =>
  new ProcessedLogRecord(given, { encoding, resource: createResource({}, encoding), failed: () => {} })

test("a rule's work is shown to processors, and left to clew's outputs to do once", () => {
  const record = processed()
  expect(record.attributes['user.email']).toBe('#a@b')
  record.setAttributes({ ...record.attributes })
  record.takeChanges()
  expect(record.attributes['user.email']).toBe('#a@b')
  expect(record.seal().fields?.['user.email']).toBe('a@b')
})

test('what a processor sets under the key of a rule is hashed for the next one', () => {
  const record = processed()
  record.attributes['user.email'] = 'c@d'
  record.takeChanges()
  expect(record.attributes['user.email']).toBe('#c@d')
  expect(record.seal().fields?.['user.email']).toBe('c@d')
})

test('what was deleted and set again is there', () => {
  const record = processed()
  delete record.attributes['n']
  record.setAttribute('n', 1)
  record.takeChanges()
  expect(record.attributes['n']).toBe(1)
  expect(record.seal().fields?.['n']).toBe(1)
})

test('no key means anything but itself', () => {
  const record = processed()
  expect(Object.keys(record.attributes).toSorted()).toEqual([
    '__proto__',
    'constructor',
    'log.record.uid',
    'n',
    'user.email',
  ])
  expect(Object.getPrototypeOf(record.attributes)).toBe(Object.prototype)
})
