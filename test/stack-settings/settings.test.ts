import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { describeMistake } from '../../src/settings/index.ts'
import { readStackSettings } from '../../src/stack/index.ts'

const DEFAULTS = join(import.meta.dirname, '../../stack/settings.yaml')
const folder = mkdtempSync(join(tmpdir(), 'clew-stack-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

function reading(text: string, variables: Record<string, string> = {}) {
  const file = join(folder, 'settings.yaml')
  writeFileSync(file, text)
  const { settings, mistakes } = readStackSettings({ defaults: DEFAULTS, file, variables })
  return { settings, mistakes: mistakes.map((one) => describeMistake(one).replace(`${folder}/`, '')) }
}

test('the settings that are committed are complete, and those that were decided', () => {
  const { settings, mistakes } = readStackSettings({ defaults: DEFAULTS, variables: {} })
  expect(mistakes).toEqual([])
  expect(settings.retention).toEqual({
    audit: '365d',
    error: '365d',
    warning: '180d',
    info: '30d',
    debug: '7d',
    traces: '7d',
    metrics: '15d',
  })
  const kept = Object.keys(settings.retention)
  expect(Object.keys(settings.files.maxBackups)).toEqual(kept)
  expect(settings).toMatchObject({
    files: { maxMegabytes: 100 },
    traces: { keepPercent: 100, slowMillis: 1000 },
    collector: { queueMegabytes: 2048, memoryMegabytes: 400 },
  })
})

test('each value of a file wins over its default, and all others stay', () => {
  const defaults = reading('').settings
  const { settings, mistakes } = reading('retention: { debug: 2d }\ntraces:\n  keep_percent: 12.5\nfiles:\n')
  expect(mistakes).toEqual([])
  expect(settings).toEqual({
    ...defaults,
    retention: { ...defaults.retention, debug: '2d' },
    traces: { ...defaults.traces, keepPercent: 12.5 },
  })
})

test('LOG_RETENTION_DAYS wins for INFO, and for nothing else', () => {
  const text = 'retention: { info: 60d, debug: 2d }'
  expect(reading(text, { LOG_RETENTION_DAYS: '45' }).settings.retention).toMatchObject({ info: '45d', debug: '2d' })
  expect(reading(text, { LOG_RETENTION_DAYS: '' }).settings.retention).toMatchObject({ info: '60d', debug: '2d' })
})

test.each(['0', '-1', '1.5', '30d', 'x'])(
  'LOG_RETENTION_DAYS=%s is a mistake, since data would be deleted by it',
  (days) => {
    expect(reading('', { LOG_RETENTION_DAYS: days }).mistakes).toEqual([
      `LOG_RETENTION_DAYS: found "${days}"; allowed: a whole number of days, 1 or more`,
    ])
  },
)

test('every mistake is said, with its place, what was found, what is allowed and what was meant', () => {
  const text = [
    'retention:',
    '  debugg: 7d',
    '  info: 30',
    '  error: 6mo',
    '  audit: 0d',
    'files:',
    '  max_megabytes: big',
    '  max_backups: { traces: -1 }',
    'traces: [1]',
    'colector: {}',
  ]
  const duration = 'allowed: days, weeks or years, such as 30d, 26w or 1y'
  const kept = 'audit, error, warning, info, debug, traces, metrics'
  expect(reading(text.join('\n')).mistakes).toEqual([
    `settings.yaml:2:3 retention.debugg: found an option that clew does not have; allowed: ${kept} (did you mean debug?)`,
    `settings.yaml:3:9 retention.info: found 30, which is no text without quotes; ${duration}`,
    `settings.yaml:4:10 retention.error: found "6mo"; ${duration}`,
    `settings.yaml:5:10 retention.audit: found "0d"; ${duration}`,
    'settings.yaml:7:18 files.max_megabytes: found "big"; allowed: a whole number from 100 to 1000000',
    'settings.yaml:8:26 files.max_backups.traces: found -1; allowed: a whole number from 0 to 1000000',
    'settings.yaml:9:9 traces: found a list; allowed: an object of keep_percent, slow_ms',
    'settings.yaml:10:1 colector: found an option that clew does not have; allowed: retention, files, traces, collector (did you mean collector?)',
  ])
})

test.each([
  ['retention: { info: 1d', /^settings\.yaml:1:\d+: found broken YAML/],
  ['- 1\n', /^settings\.yaml:1:1: found a list; allowed: an object of retention, files, traces, collector$/],
  ['30d', /^settings\.yaml:1:1: found "30d"; allowed: an object of retention/],
])('what is no settings at all is a mistake: %j', (text, expected) => {
  expect(reading(text).mistakes).toEqual([expect.stringMatching(expected)])
})
