import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { resolveSettings, type SettingsError } from '../../dist/src/settings/index.js'
import { fileTrial } from '../support/settings-file.ts'
import { WRONG_OTHERWISE, WRONG_SHAPES } from '../support/wrong-settings.ts'

const trial = fileTrial()
afterAll(() => trial.remove())

const LEVELS = 'TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL, OFF (any case; WARN and FATAL too)'
const PAGE = 'the options in docs/options.md'

/** The message about a file at this path. */
function messageFor(path: string): string {
  try {
    resolveSettings({ config: path }, {})
    return ''
  } catch (error) {
    return (error as SettingsError).message.replaceAll(trial.folder, '')
  }
}

test('mistakes in code and in the file are said at once, each with its place, those in the file in its order', () => {
  const file = `logging:
  slow_ms: "500"
  level: debg
  console:
    format: jsn
    colour: true
  slowMillis: 5
`
  expect(() => trial.resolve(file, {}, { logSampling: 'trce' } as never)).toThrow(
    [
      "clew can't start with these settings:",
      '  init({ logSampling }): found "trce"; allowed: \'all\' or \'trace\' (did you mean "trace"?)',
      `  ${trial.folder}/config.yaml:2:12 logging.slow_ms: found "500"; allowed: a number of milliseconds, 0 or more`,
      `  ${trial.folder}/config.yaml:3:10 logging.level: found "debg"; allowed: ${LEVELS} (did you mean "debug"?)`,
      `  ${trial.folder}/config.yaml:5:13 logging.console.format: found "jsn"; allowed: 'human', 'json' or 'logfmt' (did you mean "json"?)`,
      `  ${trial.folder}/config.yaml:6:5 logging.console.colour: found an option that clew does not have; allowed: enabled, format`,
      `  ${trial.folder}/config.yaml:7:3 logging.slowMillis: found an option that clew does not have; allowed: ${PAGE} (did you mean slow_ms?)`,
    ].join('\n'),
  )
})

test.each([...WRONG_SHAPES, ...WRONG_OTHERWISE])('what is wrong is said with its place: %j', (text, mistakes) => {
  expect(trial.mistakes(text)).toEqual(mistakes.map((mistake) => `config.yaml:${mistake}`))
})

test.each([
  ['logging: {}\nlogging: {}', 'more than one'],
  ['loging:\n  level: info', 'no'],
  ['', 'no'],
  ['- a\n- b', 'no'],
])('a file that was asked for needs one section logging: %j', (text, number) => {
  expect(trial.mistakes(text)).toEqual([`config.yaml: found ${number} section logging:; allowed: one section logging:`])
})

describe('broken YAML is one mistake, with line and column:', () => {
  test.each([
    ['logging:\n\tlevel: info', '2:1: found broken YAML (Tabs are not allowed as indentation)'],
    ['logging:\n  level: "info', '2:15: found broken YAML (Missing closing "quote)'],
    ['logging:\n  a: b: c\n  d: e: f', '2:6: found broken YAML (Nested mappings are not allowed in compact mappings)'],
    ['logging:\n  level: @info', '2:10: found broken YAML (Plain value cannot start with reserved character @)'],
    ['logging: {}\n---\na: b', '2:1: found broken YAML (more than one document)'],
  ])('%j', (text, mistake) => {
    expect(trial.mistakes(text)).toEqual([`config.yaml:${mistake}; allowed: YAML 1.2, in UTF-8`])
  })

  test('and shows nothing of the file', () => {
    for (const text of ['logging: x\n- hunter2: hunter2', 'logging: "x" hunter2', 'logging: |hunter2\n  x'])
      expect(trial.mistakes(text).join()).toMatch(/^config.yaml:\d+:\d+: found broken YAML \([^)]*\); (?!.*hunter2)/)
  })
})

describe('a file that was asked for and', () => {
  const allowed = 'allowed: a YAML file of at most 262144 bytes, in UTF-8'
  const path = (name: string): string => join(trial.folder, name)

  test.each<[string, (file: string) => void, string]>([
    ['is not there', () => {}, "a file that can't be read (ENOENT)"],
    ['is a directory', (file) => mkdirSync(file), 'what is no file'],
    ['lies behind a file', (file) => writeFileSync(file, ''), "a file that can't be read (ENOTDIR)"],
    [
      'is too large',
      (file) => writeFileSync(file, `logging:\n  home: ${'x'.repeat(262_144)}`),
      'a file of 262161 bytes',
    ],
    ['is no text', (file) => writeFileSync(file, Buffer.from([0x6c, 0xff, 0xfe, 0x00])), 'a file that is no text'],
  ])('%s is a mistake of who named it', (what, make, found) => {
    const file = path(`${what.replaceAll(' ', '-')}.yaml`)
    make(file)
    const named = what === 'lies behind a file' ? join(file, 'x.yaml') : file
    const shown = named.replace(trial.folder, '')
    expect(messageFor(named)).toContain(`init({ config }): found "${shown}", ${found}; ${allowed}`)
    const { mistakes, settings } = resolveSettings({}, { CLEW_CONFIG: named }, { forgiving: true })
    expect(mistakes).toMatchObject([{ where: 'CLEW_CONFIG' }])
    expect(settings.level).toBe(5)
  })

  test('is hard to read takes no long time', () => {
    const size = 100_000
    const aliases = `a: &a {x: 1}\nl: &b [${'*a,'.repeat(size / 4)}]\nlogging:\n  volume: *b`
    const bomb = `logging:\n  level: &a [x,x]\n${Array.from({ length: 20 }, (_, n) => `  k${n}: &b${n} [${`*${n === 0 ? 'a' : `b${n - 1}`},`.repeat(10)}]`).join('\n')}\n  modules: *b19` // prettier-ignore
    const started = performance.now()
    expect(trial.mistakes(aliases).at(-1)).toBe('config.yaml: found 24950 more mistakes; allowed: none')
    expect(trial.mistakes(bomb).length).toBe(31)
    expect(trial.mistakes('['.repeat(size))).toHaveLength(1)
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})

describe('no mistake shows a secret', () => {
  test('of headers, keys, credentials in URLs, variables that are called like one', () => {
    const text = `logging:
  otlp:
    endpoint: "user:hunter2@collector"
    headers: { authorization: [hunter2], x: "hunter2\\n" }
    client_key: "-----BEGIN PRIVATE KEY-----hunter2"
  privacy: { hash_key: hunter2 }
  level: \${DB_PASSWORD}
  log_sampling: \${API_TOKEN:-hunter2}
  console: { format: "http://user:hunter2@h/" }
`
    const mistakes = trial.mistakes(text, { DB_PASSWORD: 'hunter2' })
    expect(mistakes).toHaveLength(6)
    expect(mistakes.join('\n')).not.toContain('hunter2')
    expect(mistakes).toContainEqual(
      expect.stringContaining('logging.level: found a value from ${DB_PASSWORD}; allowed'),
    )
  })
})

describe('in a program that did not ask for clew', () => {
  test('mistakes are said, and the defaults used for these keys alone', () => {
    const text = `logging:
  level: debg
  slow_ms: 7
  console: { format: jsn, enabled: false }
  volume: [{ sample: 2 }, { sample: 1 }]
  flight_recorder: { max_traces: 0, max_records: 3 }
  privacy: { keys: { a: { last: 2 }, b: remove } }
  otlp: { endpoint: "collector:1", timeout_ms: 3, certificate: missing.pem }
  unknown: 1
`
    const { settings, mistakes } = trial.forgiven(text)
    expect(mistakes.map(({ where }) => where.replace(/.* /, ''))).toEqual([
      'logging.level',
      'logging.console.format',
      'logging.volume.0.sample',
      'logging.flight_recorder.max_traces',
      'logging.privacy.keys.a.action',
      'logging.unknown',
      'logging.otlp.endpoint',
      'logging.otlp.certificate',
    ])
    expect(settings).toMatchObject({
      level: 5,
      slowMillis: 7,
      console: { format: 'human', enabled: false },
      volume: [],
      flightRecorder: { maxTraces: 1_000, maxRecords: 3 },
      privacy: { keys: { b: 'remove' } },
      otlp: { endpoints: { logs: { url: 'http://127.0.0.1:4318/v1/logs', timeoutMillis: 3, tls: {} } } },
    })
    expect(Object.keys(settings.privacy.keys)).toEqual(['b'])
  })

  test('a file that is no YAML, or no section, leaves all defaults', () => {
    expect(trial.forgiven('logging:\n\tlevel: error').settings.level).toBe(5)
    expect(trial.forgiven('logging: error')).toMatchObject({ settings: { level: 5 }, mistakes: [{ found: '"error"' }] })
  })
})
