import { describe, expect, test } from 'vitest'
import { mergeLayers, type Layer } from '../../src/settings/layers.ts'
import { effectiveSettings, resolveSettings, saidSettings, type InitOptions } from '../../src/settings/index.ts'

const KEY = '0123456789abcdef'

function effective(options: InitOptions, environment: Record<string, string> = {}): Record<string, string> {
  const { layers } = resolveSettings(options, environment)
  const lines = effectiveSettings(layers).map(({ path, value, origin, from }) => [
    path,
    `${value} (${origin}${from === undefined ? '' : ` ${from}`})`,
  ])
  return Object.fromEntries(lines) as Record<string, string>
}

describe('each setting tells where it comes from', () => {
  test('when nobody says anything: from the defaults, and few have none', () => {
    const all = effective({})
    expect(all).toMatchObject({
      environment: 'development (default)',
      level: 'DEBUG (default)',
      modules: '[] (default)',
      'console.format': 'human (default)',
      'otlp.endpoint': 'http://127.0.0.1:4318 (default)',
      'otlp.timeoutMillis': '10000 (default)',
      'privacy.exempt': '[user.email, client.address] (default)',
      'audit.suspicious.windowMillis': '900000 (default)',
      flightRecorder: 'false (default)',
      slowMillis: '1000 (default)',
      home: '.clew (default)',
      propagators: '[tracecontext, baggage] (default)',
    })
    expect(Object.keys(all).filter((path) => all[path] === 'none (default)')).toEqual([
      'config',
      'levels',
      'otlp.headers',
      'otlp.certificate',
      'otlp.clientKey',
      'otlp.clientCertificate',
      'resource',
      'privacy.keys',
      'privacy.hashKey',
      'levelControl.file',
      'levelControl.signal',
      'http.serviceNames',
      ...['sessionId', 'tenantId'].flatMap((id) =>
        ['query', 'header', 'subprotocol', 'path'].map((place) => `websocket.${id}.${place}`),
      ),
      'contextManager',
    ])
  })

  test('a database that is turned on by a boolean is on by whoever said so, whatever a weaker place says', () => {
    const parts = { 'database.enabled': 'true (code)', 'database.table': 'audit_logs (default)' }
    expect(effective({ database: true })).toMatchObject(parts)
    const url = { CLEW_DATABASE_URL: 'sqlite:a.db' }
    expect(effective({ database: true }, url)).toMatchObject({
      ...parts,
      'database.url': 'sqlite:a.db (environment CLEW_DATABASE_URL)',
    })
    const layer = (options: InitOptions): Layer => ({ origin: 'file', options, place: (path) => path, refused: new Set() }) // prettier-ignore
    const merged = (...layers: InitOptions[]): unknown => mergeLayers(layers.map(layer))
    expect(merged({ database: true }, { database: { enabled: false, level: 'ERROR' } })).toEqual({
      database: { enabled: true, level: 'ERROR' },
    })
    expect(merged({ database: { enabled: false } }, { database: true })).toEqual({ database: { enabled: false } })
    expect(merged({ database: false }, { database: { enabled: true } })).toEqual({ database: false })
  })

  test('from code, from a variable by its name, part by part', () => {
    const options: InitOptions = {
      service: 's',
      levels: { orders: 'error' },
      otlp: { timeoutMillis: 5 },
      flightRecorder: { maxTraces: 7 },
      volume: [{ component: 'a', perSecond: 5 }],
      privacy: {
        keys: { name: { action: 'truncate', last: 4 } },
        patterns: [{ pattern: /a+b/i, action: { action: 'length' } }],
      },
      sampler: { shouldSample: () => ({ decision: 2 }), toString: () => '' },
    }
    const variables = {
      LOG_LEVEL: 'warn,orders=debug,http=off',
      NODE_ENV: 'production',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hunter2@h:1',
      OTEL_EXPORTER_OTLP_TIMEOUT: '7',
      OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: 'none',
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '8',
      OTEL_TRACES_EXPORTER: 'none',
    }
    expect(effective(options, variables)).toMatchObject({
      environment: 'production (environment NODE_ENV)',
      level: 'warn (environment LOG_LEVEL)',
      'levels.orders': 'error (code)',
      'levels.http': 'off (environment LOG_LEVEL)',
      'console.format': 'json (default)',
      'otlp.endpoint': 'http://[REDACTED]@h:1 (environment OTEL_EXPORTER_OTLP_ENDPOINT)',
      'otlp.timeoutMillis': '5 (code)',
      'otlp.logs.compression': 'none (environment OTEL_EXPORTER_OTLP_LOGS_COMPRESSION)',
      'otlp.traces': 'false (environment OTEL_TRACES_EXPORTER)',
      'flightRecorder.maxTraces': '7 (code)',
      'flightRecorder.maxRecords': '100 (default)',
      volume: '[{ component: a, perSecond: 5 }] (code)',
      'privacy.patterns': '[{ pattern: /a+b/i, action: { action: length } }] (code)',
      'privacy.keys.name': '{ action: truncate, last: 4 } (code)',
      sampler: 'Object (code)',
    })
    expect(effective(options, variables)).not.toHaveProperty(['otlp.logs.timeoutMillis'])
  })

  test('without secrets', () => {
    const variables = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hunter2', CLEW_PRIVACY_KEY: KEY }
    const all = effective({ resource: { db_password: 'hunter2' }, otlp: { logs: { headers: { x: 'hunter2' } } } }, variables) // prettier-ignore
    expect(all).toMatchObject({
      'otlp.headers.authorization': '[REDACTED] (environment OTEL_EXPORTER_OTLP_HEADERS)',
      'otlp.logs.headers.x': '[REDACTED] (code)',
      'privacy.hashKey': '[REDACTED] (environment CLEW_PRIVACY_KEY)',
      'resource.db_password': '[REDACTED] (code)',
    })
    expect(JSON.stringify(all)).not.toContain('hunter2')
  })

  test('not from a variable that is of no use', () => {
    const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318', LOG_LEVEL: 'loud' }
    expect(effective({}, variables)).toMatchObject({
      'otlp.endpoint': 'http://127.0.0.1:4318 (default)',
      level: 'DEBUG (default)',
    })
  })
})

test('what somebody said is told alone, as it stands among all, in the same order', () => {
  const { layers } = resolveSettings(
    { slowMillis: 5, otlp: { endpoint: 'http://user:hunter2@collector:4318', headers: { authorization: 'x' } } },
    { LOG_LEVEL: 'warning', CLEW_AUDIT_KEY: KEY, CLEW_DATABASE_URL: 'sqlite:a.db' },
  )
  const said = saidSettings(layers)
  expect(said.length).toBeGreaterThan(5)
  expect(said).toEqual(effectiveSettings(layers).filter(({ origin }) => origin !== 'default'))
})
