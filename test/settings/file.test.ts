import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveSettings, type InitOptions, type Settings } from '../../src/settings/index.ts'

const DAY_MILLIS = 24 * 3_600_000
const resolve = (options: InitOptions, environment: Record<string, string> = {}): Settings['file'] =>
  resolveSettings({ service: 'shop', ...options }, environment).settings.file

const DEFAULTS = {
  path: join(process.cwd(), 'logs', 'shop.jsonl'),
  maxBytes: 10_485_760,
  backupCount: 5,
  retentionMillis: 30 * DAY_MILLIS,
  modules: [],
  asked: false,
}

describe('log files', () => {
  test('are in logs in development, and nowhere else', () => {
    expect(resolve({})).toEqual(DEFAULTS)
    expect(resolve({}, { NODE_ENV: 'production' })).toBeUndefined()
  })

  test('never leave the directory by the name of a service', () => {
    expect(resolve({ service: '../../etc/shop' })?.path).toBe(join(process.cwd(), 'logs', '__.._etc_shop.jsonl'))
  })

  test.each<[string, InitOptions['file'], Record<string, string>, object | undefined]>([
    ['on by an option', { enabled: true }, {}, { asked: true }],
    ['on by a path', { path: 'a.jsonl' }, {}, { path: join(process.cwd(), 'a.jsonl'), asked: true }],
    ['on by a variable', {}, { CLEW_LOG_FILE: '/var/log/a.jsonl' }, { path: '/var/log/a.jsonl', asked: true }],
    ['off by a variable', { path: 'a.jsonl' }, { CLEW_LOG_FILE: 'OFF' }, undefined],
    ['on by an option against a variable', { enabled: true }, { CLEW_LOG_FILE: 'off' }, { asked: true }],
    ['at the path of the code', { path: '/a' }, { CLEW_LOG_FILE: '/b' }, { path: '/a', asked: true }],
  ])('are %s', (_how, file, environment, expected) => {
    const settings = resolve({ file: file ?? {} }, { NODE_ENV: 'production', ...environment })
    expect(settings).toEqual(expected && { ...DEFAULTS, ...expected })
  })

  test('are kept for the days of LOG_RETENTION_DAYS, unless the code says how many', () => {
    expect(resolve({}, { LOG_RETENTION_DAYS: '7' })?.retentionMillis).toBe(7 * DAY_MILLIS)
    expect(resolve({ file: { retentionDays: 1 } }, { LOG_RETENTION_DAYS: '7' })?.retentionMillis).toBe(DAY_MILLIS)
  })

  test('with wrong options are refused, and wrong variables are said', () => {
    const wrong = { maxBytes: 10, backupCount: 0, retentionDays: -1, modules: 'orders', size: 1 } as object
    const places = ['maxBytes', 'backupCount', 'retentionDays', 'modules', 'size']
    for (const place of places) expect(() => resolve({ file: wrong })).toThrow(`init({ file.${place} }): found `)
    expect(resolveSettings({}, { LOG_RETENTION_DAYS: 'soon' }).mistakes).toEqual([
      { where: 'LOG_RETENTION_DAYS', found: '"soon"', allowed: 'a number of days, more than 0' },
    ])
  })
})
