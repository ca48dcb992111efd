import { expect, test } from 'vitest'
import { resolveSettings, SettingsError, type LoggersOptions } from '../../src/settings/index.ts'

const resolve = (loggers: LoggersOptions | undefined, CLEW_LOGGERS?: string) =>
  resolveSettings(loggers === undefined ? {} : { loggers }, { CLEW_LOGGERS })

const DEFAULT = { console: 'off', pino: 'keep', winston: 'keep', bunyan: 'keep', traceIds: true }

test.each([
  ['nothing is set', undefined, undefined, DEFAULT],
  [
    'code sets some',
    { console: true, pino: 'replace', bunyan: false } as const,
    undefined,
    { ...DEFAULT, console: 'keep', pino: 'replace', bunyan: 'off' },
  ],
  [
    'the environment sets some',
    undefined,
    'Console, winston=replace,pino=off,trace_ids=off',
    { ...DEFAULT, console: 'keep', winston: 'replace', pino: 'off', traceIds: false },
  ],
  ['the environment names one twice', undefined, 'console,console=off', DEFAULT],
  ['both set one', { console: false, traceIds: true } as const, 'console=replace,trace_ids=off', DEFAULT],
])('what becomes of loggers when %s', (_, options, environment, expected) => {
  const { settings, mistakes } = resolve(options, environment)
  expect(settings.loggers).toEqual(expected)
  expect(mistakes).toEqual([])
})

test.each(['log4js', 'pino=maybe', 'trace_ids=replace'])('CLEW_LOGGERS=%s is a mistake that is said', (text) => {
  const { settings, mistakes } = resolve(undefined, text)
  expect(settings.loggers).toEqual(DEFAULT)
  expect(mistakes).toMatchObject([{ where: 'CLEW_LOGGERS', found: JSON.stringify(text) }])
})

test.each([
  ['replace', 'console=off', 'replace'],
  [true, 'pino=replace', 'keep'],
] as const)('code wins over the environment and the default, a word over a switch too (%s, %s)', (pino, text, mode) => {
  expect(resolve({ pino }, text).settings.loggers.pino).toBe(mode)
})

test('an option that does not exist is a mistake', () => {
  expect(() => resolve({ pino: 'mute' } as never)).toThrow(SettingsError)
})
