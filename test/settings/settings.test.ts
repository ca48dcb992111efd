import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolveSettings, SettingsError, type InitOptions } from '../../src/settings/index.ts'

const resolve = (options: InitOptions, environment: Record<string, string> = {}) =>
  resolveSettings(options, environment).settings

test.each([
  ['shop', 'shop'],
  ['a/b c', 'a_b_c'],
  ['..', '__'],
  ['.', '_'],
])('the spool of the service %s lies in a directory of its own, %s', (service, directory) => {
  const { otlp } = resolve({ service, home: '/h', otlp: { endpoint: 'http://c:4318' } })
  expect(otlp?.spoolDirectory).toBe(join('/h', 'spool', directory))
})

describe('defaults', () => {
  test('in development: DEBUG, lines for people, OTLP to the embedded server, nothing spooled', () => {
    expect(resolve({ service: 's' })).toMatchObject({
      environment: 'development',
      level: 5,
      console: { enabled: true, format: 'human' },
      otlp: {
        endpoints: { logs: { url: 'http://127.0.0.1:4318/v1/logs', protocol: 'http/protobuf', compression: 'gzip' } },
        spoolDirectory: undefined,
      },
      slowMillis: 1000,
    })
  })

  test('in production: INFO, JSON lines, nothing sent without an endpoint', () => {
    expect(resolve({ service: 's' }, { NODE_ENV: 'production' })).toMatchObject({
      environment: 'production',
      level: 9,
      console: { format: 'json' },
      otlp: undefined,
    })
  })
})

describe('precedence', () => {
  test('of what lines look like: code, LOG_FORMAT, the environment', () => {
    const format = (options: InitOptions, variables: Record<string, string>): string =>
      resolve({ service: 's', ...options }, variables).console.format
    expect(format({ console: { format: 'json' } }, { LOG_FORMAT: 'logfmt' })).toBe('json')
    expect(format({}, { LOG_FORMAT: 'LogFmt', NODE_ENV: 'production' })).toBe('logfmt')
    const { settings, mistakes } = resolveSettings({ service: 's' }, { LOG_FORMAT: 'combined' })
    expect(settings.console.format).toBe('human')
    expect(mistakes).toEqual([{ where: 'LOG_FORMAT', found: '"combined"', allowed: 'human, json, logfmt' }])
  })

  test.each<[boolean | undefined, Record<string, string>]>([
    [process.stdout.isTTY, {}],
    [process.stdout.isTTY, { NO_COLOR: '' }],
    [false, { NO_COLOR: '1' }],
    [false, { TERM: 'dumb' }],
    [true, { FORCE_COLOR: '1', NO_COLOR: '1', TERM: 'dumb' }],
    [false, { FORCE_COLOR: '0' }],
    [false, { FORCE_COLOR: 'false' }],
  ])('of colours: %s with %o', (colour, variables) => {
    expect(resolve({ service: 's' }, variables).console.colour).toBe(colour)
  })

  test('code wins over the environment', () => {
    const environment = {
      LOG_LEVEL: 'error',
      OTEL_SERVICE_NAME: 'env',
      ENVIRONMENT: 'staging',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:1',
    }
    expect(resolve({}, environment)).toMatchObject({
      level: 17,
      service: 'env',
      environment: 'staging',
      otlp: { endpoints: { traces: { url: 'http://env:1/v1/traces' } } },
    })
    expect(
      resolve(
        { level: 'warn', service: 'code', environment: 'test', otlp: { endpoint: 'http://code:2/' } },
        environment,
      ),
    ).toMatchObject({
      level: 13,
      service: 'code',
      environment: 'test',
      otlp: { endpoints: { traces: { url: 'http://code:2/v1/traces' } } },
    })
  })

  test("ENVIRONMENT wins over NODE_ENV, a signal's endpoint over the common one", () => {
    const settings = resolve(
      { service: 's', home: '/h' },
      {
        ENVIRONMENT: 'staging',
        NODE_ENV: 'production',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://all:1',
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://logs:2/custom',
        OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b,y=2',
      },
    )
    expect(settings).toMatchObject({
      environment: 'staging',
      otlp: {
        endpoints: {
          logs: { url: 'http://logs:2/custom', headers: { 'x-tenant': 'a b', y: '2' } },
          metrics: { url: 'http://all:1/v1/metrics' },
        },
        spoolDirectory: '/h/spool/s',
      },
    })
  })

  test('in production a signal without an endpoint of its own is not sent; in development it goes to the embedded server', () => {
    const logsOnly = { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://logs:2/custom' }
    const urls = (environment: Record<string, string>) =>
      Object.fromEntries(
        Object.entries(resolve({ service: 's' }, environment).otlp?.endpoints ?? {}).map(([signal, { url }]) => [
          signal,
          url,
        ]),
      )
    expect(urls({ ...logsOnly, NODE_ENV: 'production' })).toEqual({ logs: 'http://logs:2/custom' })
    expect(urls(logsOnly)).toMatchObject({ traces: 'http://127.0.0.1:4318/v1/traces' })
  })

  test('OTEL_*_EXPORTER=none sends none of that signal', () => {
    const some = resolve({ service: 's' }, { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'otlp' })
    expect(Object.keys(some.otlp?.endpoints ?? {})).toEqual(['logs', 'metrics'])
    expect(some.unsent).toBe(false)
    const none = resolve(
      {},
      { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'NONE', OTEL_METRICS_EXPORTER: 'none' },
    )
    expect(none).toMatchObject({ otlp: undefined, unsent: true })
    expect(resolve({ otlp: false })).toMatchObject({ otlp: undefined, unsent: true })
  })

  test('home is the directory that it names at the start', () => {
    expect(resolve({ service: 's', home: 'here', otlp: { endpoint: 'http://h:1' } }).otlp?.spoolDirectory).toBe(
      join(process.cwd(), 'here/spool/s'),
    )
  })

  test('levels of components may have any name', () => {
    const { componentLevels } = resolve({}, { LOG_LEVEL: 'info,constructor=debug,__proto__=error' })
    expect(Object.entries(componentLevels)).toEqual([
      ['constructor', 5],
      ['__proto__', 17],
    ])
  })

  test('LOG_LEVEL carries levels of components', () => {
    expect(resolve({}, { LOG_LEVEL: 'info,orders=debug, http = off' })).toMatchObject({
      level: 9,
      componentLevels: { orders: 5, http: 100 },
    })
  })

  test('OTEL_RESOURCE_ATTRIBUTES and the options meet in the resource', () => {
    const { resource } = resolve(
      { service: 'shop', resource: { team: 'a' } },
      { OTEL_RESOURCE_ATTRIBUTES: 'team=b,zone=eu,service.name=x' },
    )
    expect(resource).toMatchObject({ team: 'a', zone: 'eu', 'service.name': 'shop', 'process.pid': process.pid })
  })
})

describe('mistakes', () => {
  test('in the options are all said at once, each with place, found and allowed', () => {
    const wrong = {
      service: '',
      level: 'loud',
      otlp: { endpoint: 'nowhere', retries: 3 },
      colour: true,
    } as unknown as InitOptions
    const lines = [
      "clew can't start with these settings:",
      '  init({ service }): found ""; allowed: a name',
      '  init({ level }): found "loud"; allowed: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL, OFF (any case; WARN and FATAL too)',
      '  init({ otlp.endpoint }): found "nowhere"; allowed: an http:// or https:// URL such as http://127.0.0.1:4318; with grpc also host:port',
      '  init({ otlp.retries }): found an option that clew does not have; allowed: the options in docs/options.md (did you mean metrics?)',
      '  init({ colour }): found an option that clew does not have; allowed: the options in docs/options.md',
    ]
    expect(() => resolve(wrong)).toThrow(SettingsError)
    expect(() => resolve(wrong)).toThrow(lines.join('\n'))
  })

  test('in the environment are said, and the default is used', () => {
    const { settings, mistakes } = resolveSettings(
      { service: 's' },
      { LOG_LEVEL: 'loud', OTEL_EXPORTER_OTLP_TIMEOUT: 'soon', OTEL_TRACES_SAMPLER: 'some' },
    )
    expect(settings.level).toBe(5)
    expect(settings.otlp?.endpoints.logs?.timeoutMillis).toBe(10_000)
    expect(mistakes.map(({ where, found }) => `${where} ${found}`)).toEqual([
      'LOG_LEVEL "loud"',
      'OTEL_EXPORTER_OTLP_TIMEOUT "soon"',
      'OTEL_TRACES_SAMPLER "some"',
    ])
  })

  test('show no headers, and no credentials of a URL', () => {
    const wrong = {
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization: Bearer hunter2',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'user:hunter2@collector:4318',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'htp://user:hunter2@collector:4318',
    }
    const said = resolveSettings({ service: 's' }, wrong).mistakes.map(({ where, found }) => `${where} ${found}`)
    expect(said).toEqual([
      'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT "htp://[REDACTED]@collector:4318"',
      'OTEL_EXPORTER_OTLP_ENDPOINT "[REDACTED]@collector:4318"',
      "OTEL_EXPORTER_OTLP_HEADERS a value that can't be read",
    ])
    const options = {
      otlp: { endpoint: 'user:hunter2@collector', headers: { authorization: 77_777 } },
    } as unknown as InitOptions
    expect(() => resolve(options)).toThrow('found "[REDACTED]@collector"')
    expect(() => resolve(options)).not.toThrow(/hunter2|77777/)
  })

  test('are headers that can not be sent', () => {
    const { settings, mistakes } = resolveSettings({ service: 's' }, { OTEL_EXPORTER_OTLP_HEADERS: 'a=b%0d%0Ac: d' })
    expect(settings.otlp?.endpoints.logs?.headers).toEqual({})
    expect(mistakes.map(({ where }) => where)).toEqual(['OTEL_EXPORTER_OTLP_HEADERS'])
    expect(() => resolve({ otlp: { headers: { a: 'b\nc' } } })).toThrow('without control characters')
    expect(() => resolve({ otlp: { headers: { 'a b': 'c' } } })).toThrow('header names')
  })

  test('are an interval of metrics below 100 ms, and an exporter that clew does not have', () => {
    const { settings, mistakes } = resolveSettings(
      { service: 's' },
      { OTEL_METRIC_EXPORT_INTERVAL: '0', OTEL_LOGS_EXPORTER: 'console' },
    )
    expect(settings.metricIntervalMillis).toBe(60_000)
    expect(mistakes.map(({ where, allowed }) => `${where} ${allowed}`)).toEqual([
      'OTEL_LOGS_EXPORTER otlp or none',
      'OTEL_METRIC_EXPORT_INTERVAL a number of milliseconds, 100 or more',
    ])
  })
})
