import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AlertsError, logqlOf, readAlerts, type AlertRule } from '../../src/alerts/index.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/alerts.md'), 'utf8')
const blocks = (kind: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\n\`\`\``, 'g'))].map((match) => match[1] as string)

test('the files of rules on the page of alerts are right', () => {
  const files = blocks('yaml').map((text) => readAlerts(text))
  expect(files.map(({ rules }) => rules.map(({ name }) => name))).toEqual([
    ['payments-refused', 'server-errors', 'slow-queries'],
    [],
  ])
  expect(files[1]?.notify.emails).toEqual(['operations@example.com'])
})

test('the query on the page of alerts is that of the rule before it', () => {
  const rule = readAlerts(blocks('yaml')[0] ?? '').rules.at(-1) as AlertRule
  expect(blocks('logql')).toEqual([logqlOf(rule)])
})

test('the wrong file on the page of alerts has the mistakes that are shown', () => {
  const [message = ''] = blocks('text')
  expect(() => readAlerts(blocks('yaml wrong')[0] ?? '')).toThrow(AlertsError)
  expect(() => readAlerts(blocks('yaml wrong')[0] ?? '')).toThrow(message)
})
