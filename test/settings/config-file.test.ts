import { resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { effectiveSettings, type InitOptions } from '../../dist/src/settings/index.js'
import { optionNames } from '../../schema/option-names.ts'
import { FULL_SETTINGS } from '../support/full-settings.ts'
import { fileTrial } from '../support/settings-file.ts'

const trial = fileTrial()
afterAll(() => trial.remove())

const settingsOf = (text: string, variables: Record<string, string> = {}, options: InitOptions = {}) =>
  trial.resolve(text, variables, options).settings

describe('a file of settings', () => {
  test('sets options by their names in snake_case', () => {
    const { settings } = trial.resolve(FULL_SETTINGS, {}, { service: undefined } as unknown as InitOptions)
    expect(settings).toMatchObject({
      disabled: false,
      service: 'shop',
      environment: 'staging',
      level: 13,
      componentLevels: { orders: 5, 'http.*': 100, constructor: 9 },
      modules: ['orders', 'payments.*'],
      console: { enabled: true, format: 'json' },
      file: {
        path: '/var/log/shop.jsonl',
        maxBytes: 20_000,
        backupCount: 2,
        retentionMillis: 86_400_000,
        modules: ['orders'],
      },
      otlp: {
        endpoints: {
          logs: {
            url: 'http://logs:1/own',
            compression: 'none',
            timeoutMillis: 500,
            headers: { authorization: 'Bearer abc', 'x-team': 'a' },
          },
          metrics: { url: 'http://collector:4318/v1/metrics', compression: 'gzip' },
        },
      },
      spool: { maxBytes: 2_097_152, maxAgeMillis: 1_000, writeDelayMillis: 1 },
      resource: { team: 'a', 'deployment.ring': 2, canary: true, 'service.version': '1.10' },
      privacy: {
        keys: { 'customer.*': 'remove', name: { action: 'truncate', last: 2 } },
        patterns: [{ pattern: /ORD-\d+/, name: 'order', action: 'mask' }],
        personalData: { email: 'mask' },
        contents: false,
        exempt: [],
        hashKey: '0123456789abcdef',
      },
      audit: { onFailure: 'throw', suspicious: { failuresPerUser: 3, failuresPerAddress: 20, windowMillis: 900_000 } },
      levelControl: { file: resolve('levels'), signal: 'SIGUSR2', signalMillis: 1_000 },
      volume: [{ component: 'chat', below: 'INFO', perSecond: 5, repeatMillis: 100 }],
      flightRecorder: { threshold: 5, maxTraces: 7, maxRecords: 100 },
      slowMillis: 250,
      metricIntervalMillis: 5_000,
      http: {
        slowMillis: 250,
        trustedProxies: ['loopback'],
        ignorePaths: ['/health'],
        propagateRequestId: false,
        requestIdHeader: 'x-request-id',
      },
      websocket: {
        tenantId: { path: '/ws/:tenant/*' },
        summaryMillis: 60_000,
        messageSpans: 0.5,
        messageContext: false,
        ignorePaths: ['/health'],
      },
      redis: false,
      loggers: { console: 'replace', pino: 'off', winston: 'keep', bunyan: 'keep', traceIds: false },
      runtimeMetrics: false,
      shutdownTimeoutMillis: 100,
      propagators: ['b3'],
      spanLimits: { attributes: 128, events: 9, links: 128 },
      logSampling: 'trace',
    })
    expect(Object.keys(settings.otlp?.endpoints ?? {})).toEqual(['logs', 'metrics'])
    expect(settings.sampler.toString()).toContain('0.5')
  })

  test('has a key for every option that is data', () => {
    const nested = (key: string): object => key.split('.').reduceRight<object | null>((inner, one) => ({ [one]: inner }), null) as object // prettier-ignore
    const keys = optionNames().flatMap(({ key }) => key ?? [])
    expect(keys.flatMap((key) => trial.mistakes(JSON.stringify({ logging: nested(key) })))).toEqual([])
    expect(keys.length).toBeGreaterThan(50)
  })

  test('may be JSON, may be empty, and may say nothing of a thing', () => {
    expect(settingsOf('{"logging": {"level": "error", "slow_ms": 5}}')).toMatchObject({ level: 17, slowMillis: 5 })
    expect(settingsOf('logging:').level).toBe(5)
    expect(settingsOf('logging:\n  level:\n  otlp: ~\n  console: {}\n')).toMatchObject({ level: 5 })
  })

  test('may have a byte order mark, CRLF, comments, anchors, tags of its own in other sections', () => {
    const text = '\ufeff# mine\r\nbase: &base\r\n  format: json\r\nother: !include x.yaml\r\nother: twice\r\nlogging:\r\n  console: *base\r\n  level: &l info\r\n  levels: { a: *l }\r\n' // prettier-ignore
    expect(settingsOf(text)).toMatchObject({ level: 9, componentLevels: { a: 9 }, console: { format: 'json' } })
  })
})

describe('code wins over the environment, that over the file, that over defaults', () => {
  const text = 'logging:\n  level: error\n  slow_ms: 5\n  levels: { a: error, b: error, c: error }\n  console: { format: json }\n  environment: production\n' // prettier-ignore

  test('leaf by leaf', () => {
    const variables = { LOG_LEVEL: 'warn,a=debug,b=debug' }
    const options: InitOptions = { levels: { a: 'info' }, console: { enabled: false } }
    const { settings, layers } = trial.resolve(text, variables, options)
    expect(settings).toMatchObject({
      level: 13,
      slowMillis: 5,
      environment: 'production',
      componentLevels: { a: 9, b: 5, c: 17 },
      console: { enabled: false, format: 'json' },
    })
    const origins = effectiveSettings(layers).map(({ path, origin, from }) => [
      path,
      `${origin} ${from?.replace(`${trial.folder}/`, '')}`,
    ])
    expect(Object.fromEntries(origins)).toMatchObject({
      level: 'environment LOG_LEVEL',
      'levels.a': 'code undefined',
      'levels.b': 'environment LOG_LEVEL',
      'levels.c': 'file config.yaml:4',
      'console.enabled': 'code undefined',
      'console.format': 'file config.yaml:5',
      slowMillis: 'file config.yaml:3',
      home: 'default undefined',
    })
  })

  test('what the file turns off stays off, unless something stronger turns it on', () => {
    const off = 'logging: { otlp: false, flight_recorder: false }'
    const compressed = { OTEL_EXPORTER_OTLP_COMPRESSION: 'none' }
    expect(settingsOf(off, compressed)).toMatchObject({ otlp: undefined, unsent: true, flightRecorder: undefined })
    expect(settingsOf(off, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1' }).otlp?.endpoints.logs?.url).toBe('http://h:1/v1/logs') // prettier-ignore
    expect(settingsOf(off, {}, { otlp: { timeoutMillis: 3 }, flightRecorder: { maxTraces: 3 } })).toMatchObject({
      otlp: { endpoints: { logs: { timeoutMillis: 3 } } },
      flightRecorder: { maxTraces: 3, maxRecords: 100 },
    })
    const on = 'logging: { otlp: { endpoint: "http://h:1" }, flight_recorder: { max_traces: 3 } }'
    expect(settingsOf(on, {}, { otlp: false, flightRecorder: false })).toMatchObject({ otlp: undefined, flightRecorder: undefined }) // prettier-ignore
    expect(settingsOf(on, {}, { flightRecorder: true }).flightRecorder?.maxTraces).toBe(3)
    expect(Object.keys(settingsOf(on, { OTEL_LOGS_EXPORTER: 'none' }).otlp?.endpoints ?? {})).toEqual(['traces', 'metrics']) // prettier-ignore
    const quiet = 'logging: { otlp: { logs: false } }'
    expect(Object.keys(settingsOf(quiet, { OTEL_LOGS_EXPORTER: 'otlp' }).otlp?.endpoints ?? {})).toContain('logs')
  })

  test("the attributes of the resource name the service: the stronger place's before the weaker one's", () => {
    const named = 'logging: { service: file, service_version: 1-file, resource: { team: file, ring: 1 } }'
    const variables = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=env,team=env,service.version=2-env' }
    const { settings } = trial.resolve(named, variables, { service: undefined } as unknown as InitOptions)
    expect(settings.service).toBe('env')
    expect(settings.resource).toMatchObject({ team: 'env', ring: 1, 'service.version': '2-env', 'service.name': 'env' })
    expect(settingsOf(named, variables, { serviceVersion: '3-code' }).resource).toMatchObject({ 'service.version': '3-code' }) // prettier-ignore
  })
})

describe('variables in values', () => {
  const variables = {
    A: 'info', MILLIS: '250', FLAG: 'false', EMPTY: '', VERSION: '1.10', URL: 'http://h:1', NESTED: '${A}',
    INJECTED: 'info\n  home: /etc', MAP: '{ level: info }', TOKEN: 'hunter2',
  } // prettier-ignore

  test('are put in by name, by default, with their type when the value has no quotes', () => {
    const text = `logging:
  level: \${A}
  slow_ms: \${MILLIS}
  shutdown_timeout_ms: \${UNSET:-70}
  service_version: \${VERSION}
  environment: \${env:A}-\${UNSET:-x}\${EMPTY:-y}
  home: "a$$b$\${A}"
  console:
    enabled: \${FLAG}
  otlp: { endpoint: "\${URL}/base", headers: { a: "Bearer \${TOKEN}" } }
  metric_interval_ms: \${UNSET}
  runtime_metrics: \${EMPTY}
`
    const { settings, layers } = trial.resolve(text, variables)
    expect(settings).toMatchObject({
      level: 9,
      slowMillis: 250,
      shutdownTimeoutMillis: 70,
      environment: 'info-xy',
      console: { enabled: false },
      otlp: { endpoints: { logs: { url: 'http://h:1/base/v1/logs', headers: { a: 'Bearer hunter2' } } } },
      resource: { 'service.version': '1.10' },
      metricIntervalMillis: 60_000,
      runtimeMetrics: true,
    })
    expect(effectiveSettings(layers).find(({ path }) => path === 'home')?.value).toBe('a$b${A}')
  })

  test('bring in no structure, and what they bring in is not looked at again', () => {
    expect(trial.mistakes('logging:\n  level: ${INJECTED}', variables)).toEqual([
      'config.yaml:2:10 logging.level: found "info\\n  home: /etc" from ${INJECTED}; allowed: TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL, OFF (any case; WARN and FATAL too)',
    ])
    expect(trial.mistakes('logging: ${MAP}', variables)).toEqual([
      'config.yaml:1:10 logging: found "{ level: info }" from ${MAP}; allowed: an object of options',
    ])
    expect(settingsOf('logging: { environment: "${NESTED}" }', variables).environment).toBe('${A}')
  })

  test('are no keys', () => {
    expect(settingsOf('logging: { levels: { "${A}": error } }', variables).componentLevels).toEqual({ '${A}': 17 })
  })

  test('that are no names are refused', () => {
    expect(trial.mistakes('logging:\n  home: ${A-B}\n  service: "${}x"', variables)).toEqual([
      'config.yaml:2:9 logging.home: found "${A-B}"; allowed: ${NAME} or ${NAME:-default}; $$ is a $',
      'config.yaml:3:12 logging.service: found "${}"; allowed: ${NAME} or ${NAME:-default}; $$ is a $',
    ])
  })
})
