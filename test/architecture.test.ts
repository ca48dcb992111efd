import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

/** Who may import whom. A room may import from the rooms named, and from itself; arrows only go down. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'src/fields': [],
  'src/network': [],
  'src/privacy': [],
  'src/values': ['src/privacy'],
  'src/otlp': ['src/fields', 'src/values', 'src/privacy'],
  'src/diagnostics': [],
  'src/context': ['src/otlp', 'src/values', 'src/diagnostics'],
  'src/tracing': ['src/context', 'src/otlp', 'src/values'],
  'src/logging': ['src/loading', 'src/fields', 'src/tracing', 'src/context', 'src/otlp', 'src/values'],
  'src/audit': ['src/logging', 'src/context', 'src/otlp', 'src/values'],
  'src/loading': [],
  'src/metrics': ['src/loading', 'src/context', 'src/otlp'],
  'src/plugins': ['src/loading', 'src/fields', 'src/privacy', 'src/logging', 'src/tracing', 'src/otlp', 'src/values'],
  'src/settings': [
    'src/network',
    'src/loading',
    'src/audit',
    'src/database',
    'src/plugins',
    'src/logging',
    'src/tracing',
    'src/values',
    'src/privacy',
  ],
  'src/alerts': ['src/settings', 'src/logging', 'src/fields'],
  'src/spool': ['src/otlp'],
  'src/database': ['src/fields', 'src/otlp'],
  'src/delivery': ['src/database', 'src/spool', 'src/context', 'src/otlp'],
  'src/outputs': ['src/fields', 'src/spool', 'src/logging', 'src/tracing', 'src/otlp', 'src/values', 'src/privacy'],
  'src/testing': [
    'src',
    'src/settings',
    'src/outputs',
    'src/logging',
    'src/tracing',
    'src/context',
    'src/otlp',
    'src/values',
    'src/privacy',
  ],
  'src/store': ['src/fields', 'src/otlp'],
  'src/server': ['src/store', 'src/fields', 'src/otlp'],
  'src/cli': ['src', 'src/database', 'src/server', 'src/delivery', 'src/settings'],
  'instrumentations/http': [
    'instrumentations',
    'src/network',
    'src/metrics',
    'src/logging',
    'src/tracing',
    'src/context',
    'src/otlp',
    'src/privacy',
    'src/values',
  ],
  'instrumentations/frameworks': ['instrumentations', 'instrumentations/http', 'src/loading', 'src/values'],
  'instrumentations/websocket': [
    'instrumentations',
    'instrumentations/http',
    'src/loading',
    'src/logging',
    'src/tracing',
    'src/context',
    'src/otlp',
    'src/values',
  ],
  'instrumentations/loggers': [
    'instrumentations',
    'src/loading',
    'src/logging',
    'src/tracing',
    'src/context',
    'src/otlp',
    'src/values',
  ],
  'instrumentations/redis': [
    'instrumentations',
    'src/loading',
    'src/logging',
    'src/tracing',
    'src/context',
    'src/otlp',
    'src/privacy',
    'src/values',
  ],
}

/** Beside index.ts: the reading half of otlp, its JSON and its methods in gRPC, and what only the command line asks of delivery, which the SDK's main thread must not load, and the interface of instrumentations. */
const DOORS =
  /\/(index|instrumentation|method-patch|bound-histogram|speaker|request-json|protobuf-reader|metric-points|grpc-methods|probe|spool-(drain|survey)|decode-(request|entry|error))\.ts$/

const MAX_LINES = 300

interface Import {
  readonly file: string
  readonly target: string
}

const files = globSync('{src,instrumentations}/**/*.ts', { cwd: ROOT })
const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|import) '(\.[^']+)'/g)].map((match) => ({
    file,
    target: normalize(join(dirname(file), match[1] as string)),
  })),
)

const roomOf = (file: string): string => {
  const [top = '', second = ''] = file.split('/')
  return second.endsWith('.ts') ? top : `${top}/${second}`
}

describe('the rooms', () => {
  test('are all known', () => {
    const known = new Set([...Object.keys(ROOMS), 'src', 'instrumentations'])
    expect([...new Set(files.map(roomOf))].filter((room) => !known.has(room))).toEqual([])
  })

  test('import only from rooms below them', () => {
    const wrong = imports.filter(({ file, target }) => {
      const allowed = ROOMS[roomOf(file)]
      return allowed !== undefined && roomOf(target) !== roomOf(file) && !allowed.includes(roomOf(target))
    })
    expect(wrong).toEqual([])
  })

  test('are entered by their doors', () => {
    const wrong = imports.filter(
      ({ file, target }) => roomOf(file) !== roomOf(target) && !DOORS.test(target) && roomOf(target) !== 'src',
    )
    expect(wrong).toEqual([])
  })
})

test('environment variables are read only where the SDK is put together', () => {
  const readers = files.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes('process.env'))
  expect(readers.filter((file) => !file.startsWith('src/cli/'))).toEqual(['src/init.ts', 'src/processors.ts'])
})

test('each database is opened in one file', () => {
  const opens = (file: string): boolean =>
    /(?:getBuiltinModule|require|import)\('node:sqlite'\)/.test(readFileSync(join(ROOT, file), 'utf8'))
  expect(files.filter(opens).toSorted()).toEqual(['src/database/sqlite-table.ts', 'src/store/sqlite/open-file.ts'])
})

test('no file is longer than a room should be', () => {
  const long = files.filter((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length > MAX_LINES)
  expect(long).toEqual([])
})
