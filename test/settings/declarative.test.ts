import { ROOT_CONTEXT, SamplingDecision, SpanKind, trace, TraceFlags } from '@opentelemetry/api'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { effectiveSettings, resolveSettings, type InitOptions } from '../../dist/src/settings/index.js'
import { makeCertificates } from '../support/certificates.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/declarative')
const KITCHEN_SINK = join(FIXTURES, 'kitchen-sink.yaml')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clew-declarative-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Variables that are put into a file are those of this process. */
const given = new Set<string>()
function give(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) {
    given.add(name)
    process.env[name] = value
  }
}
afterEach(() => {
  for (const name of given) delete process.env[name]
  given.clear()
})

async function write(content: string, name = 'otel.yaml'): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const resolve = (path: string, options: InitOptions = {}, variables: Record<string, string> = {}) =>
  resolveSettings(options, { ...variables, OTEL_CONFIG_FILE: path })

const HEAD = "file_format: '1.0'\n"
const tracesTo = (exporter: string): string =>
  `${HEAD}tracer_provider:\n  processors:\n    - batch:\n        exporter:\n          ${exporter}\n`
const sampledBy = (sampler: string): string =>
  `${tracesTo('console:')}  sampler:\n    ${sampler.replaceAll('\n', '\n    ')}\n`

describe('a file as the templates have it', () => {
  const path = join(FIXTURES, 'getting-started.yaml')

  test('sends all signals to the same receiver, with what the schema says of the rest', () => {
    const { settings, mistakes, leftOut } = resolve(path, { home: '/h' })
    const rest = {
      protocol: 'http/protobuf',
      headers: {},
      compression: 'none',
      timeoutMillis: 10_000,
      insecure: false,
      tls: {},
    }
    expect(settings.otlp).toEqual({
      endpoints: {
        logs: { url: 'http://localhost:4318/v1/logs', ...rest },
        traces: { url: 'http://localhost:4318/v1/traces', ...rest },
        metrics: { url: 'http://localhost:4318/v1/metrics', ...rest },
      },
      proxy: undefined,
      spoolDirectory: '/h/spool/unknown_service',
    })
    expect([settings.propagators, settings.disabled, settings.unsent, mistakes, leftOut]).toEqual([
      ['tracecontext', 'baggage'],
      false,
      false,
      [],
      undefined,
    ])
  })

  test('has the variables put in that it names', () => {
    give({
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'team=a%20b',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector',
    })
    const { settings } = resolve(path)
    expect(settings.service).toBe('shop')
    expect(settings.resource).toMatchObject({ team: 'a b', 'service.name': 'shop' })
    expect(settings.otlp?.endpoints.metrics?.url).toBe('https://collector/v1/metrics')
  })
})

test('the example on the page of this file is built whole', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/declarative-configuration.md'), 'utf8')
  const path = await write(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '', 'page.yaml')
  const { settings, leftOut } = resolve(path)
  expect([settings.service, settings.environment, Object.keys(settings.otlp?.endpoints ?? {}), leftOut]).toEqual([
    'shop',
    'production',
    ['logs', 'traces'],
    undefined,
  ])
})

describe('a file with something of everything', () => {
  test('is built, as far as clew can', () => {
    give({ API_KEY: 'secret-key' })
    const { settings } = resolve(KITCHEN_SINK, { home: '/h' })
    const common = { insecure: false, tls: {} }
    expect(settings.otlp?.endpoints).toEqual({
      logs: {
        url: 'http://127.0.0.1:14318/v1/logs',
        protocol: 'http/protobuf',
        headers: {},
        compression: 'none',
        timeoutMillis: 10_000,
        ...common,
      },
      traces: {
        url: 'http://127.0.0.1:14318/custom/traces',
        protocol: 'http/json',
        headers: { 'api-key': 'secret-key', 'x-list': 'a b' },
        compression: 'gzip',
        timeoutMillis: 7_000,
        ...common,
      },
      metrics: {
        url: '127.0.0.1:14317',
        protocol: 'grpc',
        headers: {},
        compression: 'gzip',
        timeoutMillis: 10_000,
        insecure: true,
        tls: {},
      },
    })
    expect(settings).toMatchObject({
      disabled: false,
      service: 'shop',
      environment: 'prod-eu',
      level: 9,
      componentLevels: { 'noisy.*': 100, orders: 5 },
      console: { enabled: true, format: 'json' },
      resource: {
        'service.name': 'shop',
        'service.version': '7.1.0',
        'deployment.environment.name': 'prod-eu',
        'shop.size': 3,
        'shop.tags': ['a', 'b'],
        team: 'web shop',
      },
      propagators: ['tracecontext', 'b3', 'baggage'],
      spanLimits: { attributes: 50, events: 60, links: 70 },
      metricIntervalMillis: 5_000,
      logSampling: 'trace',
    })
    const found = Object.keys(settings.resource)
    expect([found.includes('nothing'), found.includes('process.pid'), found.includes('service.instance.id')]).toEqual([
      false,
      true,
      false,
    ])
    expect([settings.spanProcessors.length, settings.metricReaders.length]).toEqual([1, 1])
  })

  test('tells in one message, with the place, what is not done and what is done instead', () => {
    const { leftOut } = resolve(KITCHEN_SINK)
    expect(leftOut).toBe(`not everything in ${KITCHEN_SINK} is done as it says:
  log_level (line 4): not used: of itself clew says all there is to say; the level of records is LOG_LEVEL
  instrumentation/development (line 151), distribution (line 156), logger_provider.limits (line 137), tracer_provider.tracer_configurator/development (line 92), meter_provider.readers[0].periodic.timeout (line 100), meter_provider.readers[0].periodic.cardinality_limits (line 101), resource.schema_url (line 27): left out: clew has nothing like it
  logger_provider.logger_configurator/development.loggers[1].config.minimum_severity (line 149): the first severity of this level is used
  tracer_provider.processors[0].batch.schedule_delay (line 43), tracer_provider.processors[0].batch.export_timeout (line 44), tracer_provider.processors[0].batch.max_queue_size (line 45), tracer_provider.processors[0].batch.max_export_batch_size (line 46): not used: what is said waits in the spool, and goes out as soon as the receiver takes it (docs/options.md, spool)
  tracer_provider.processors[1].batch.exporter.otlp_grpc (line 61): left out: each signal goes to one receiver, the first in the list
  tracer_provider.processors[3].batch.exporter.zipkin (line 68): left out: clew exports by otlp_http, otlp_grpc and to the console
  tracer_provider.processors[4].tail_sampling (line 70): left out: of processors clew builds batch and simple; others go into init()
  tracer_provider.sampler.parent_based.local_parent_not_sampled.jaeger_remote/development (line 86): not built; in its place traces are sampled as their parent is, and all that have none
  tracer_provider.limits.attribute_value_length_limit (line 73), attribute_limits.attribute_value_length_limit (line 7): not used: strings are cut at 32,768 characters
  tracer_provider.limits.event_attribute_count_limit (line 77): not used: of limits clew has those of attributes, events and links of a span
  meter_provider.views (line 120): left out: each instrument keeps its own aggregation and attributes
  meter_provider.exemplar_filter (line 126): not used: the metrics SDK decides
  meter_provider.readers[0].periodic.exporter.otlp_grpc.default_histogram_aggregation (line 110): explicit_bucket_histogram is used
  meter_provider.readers[2].pull (line 115): left out: metrics are sent, not pulled
  propagator.composite_list (line 38), propagator.composite[2].xray (line 37): left out: clew knows tracecontext, baggage, b3 and b3multi; others go into init()`)
  })
})

/** What a sampler decides of a root, and of children of parents by kind: whether each is sampled. */
function decisionsOf(path: string): Record<string, boolean> {
  const { sampler } = resolve(path).settings
  const decide = (isRemote: boolean, traceFlags: TraceFlags): boolean => {
    const parent = { traceId: 'f'.repeat(32), spanId: '1'.repeat(16), traceFlags, isRemote }
    const context = trace.setSpanContext(ROOT_CONTEXT, parent)
    return sampler.shouldSample(context, parent.traceId, 'x', SpanKind.SERVER, {}, []).decision === YES
  }
  const root = (traceId: string): boolean =>
    sampler.shouldSample(ROOT_CONTEXT, traceId, 'x', SpanKind.SERVER, {}, []).decision === YES
  return {
    root: root('f'.repeat(32)),
    unlikelyRoot: root(`${'f'.repeat(8)}${'0'.repeat(24)}`),
    remoteSampled: decide(true, TraceFlags.SAMPLED),
    remoteNotSampled: decide(true, TraceFlags.NONE),
    localSampled: decide(false, TraceFlags.SAMPLED),
    localNotSampled: decide(false, TraceFlags.NONE),
  }
}
const YES = SamplingDecision.RECORD_AND_SAMPLED

const ALL = { root: true, unlikelyRoot: true, remoteSampled: true, localSampled: true }
const NONE = { root: false, unlikelyRoot: false, remoteSampled: false, localSampled: false }
const FOLLOWING = { remoteNotSampled: false, localNotSampled: false }

describe('a sampler', () => {
  test.each([
    ['always_on:', { ...ALL, remoteNotSampled: true, localNotSampled: true }],
    ['always_off:', { ...NONE, ...FOLLOWING }],
    ['parent_based:', { ...ALL, ...FOLLOWING }],
    ['parent_based: { root: { always_off: } }', { ...ALL, root: false, unlikelyRoot: false, ...FOLLOWING }],
    [
      'trace_id_ratio_based: { ratio: 0.5 }',
      { ...ALL, unlikelyRoot: false, remoteNotSampled: true, localNotSampled: true },
    ],
    [
      'parent_based: { root: { trace_id_ratio_based: { ratio: 0.5 } }, remote_parent_sampled: { always_off: }, local_parent_not_sampled: { always_on: } }',
      { ...ALL, unlikelyRoot: false, remoteSampled: false, remoteNotSampled: false, localNotSampled: true },
    ],
    [
      'parent_based: { local_parent_sampled: { parent_based: { local_parent_sampled: { always_off: } } } }',
      { ...ALL, localSampled: false, ...FOLLOWING },
    ],
  ])('%s decides as it says', async (sampler, decisions) => {
    const path = await write(sampledBy(sampler))
    expect(decisionsOf(path)).toEqual(decisions)
    expect(resolve(path).leftOut).toBeUndefined()
  })

  test('that clew does not have is told of, and the parent decides', async () => {
    const path = await write(sampledBy('probability/development: { ratio: 0 }'))
    expect(decisionsOf(path)).toEqual({ ...ALL, ...FOLLOWING })
    expect(resolve(path).leftOut).toContain('tracer_provider.sampler.probability/development (line 8): not built')
  })
})

describe('precedence', () => {
  const path = KITCHEN_SINK

  test("is: code, variables that are not OpenTelemetry's, the file, defaults", () => {
    const variables = { LOG_LEVEL: 'error,orders=warn', ENVIRONMENT: 'staging', CLEW_HOME: '/home-of-env' }
    const file = resolve(path).settings
    const environment = resolve(path, {}, variables).settings
    const code = resolve(
      path,
      { level: 'trace', service: 'code', otlp: { endpoint: 'http://code:1', traces: { timeoutMillis: 9 } } },
      variables,
    ).settings
    const seen = ({ level, componentLevels, environment: name, service, otlp }: typeof file): unknown => [
      level,
      componentLevels['orders'],
      name,
      service,
      otlp?.endpoints.traces?.url,
      otlp?.endpoints.traces?.timeoutMillis,
    ]
    const url = 'http://127.0.0.1:14318/custom/traces'
    expect(seen(file)).toEqual([9, 5, 'prod-eu', 'shop', url, 7_000])
    expect(seen(environment)).toEqual([17, 13, 'staging', 'shop', url, 7_000])
    expect(seen(code)).toEqual([1, 13, 'staging', 'code', 'http://code:1/v1/traces', 9])
    expect(environment.resource['deployment.environment.name']).toBe('staging')
  })

  test('leaves NODE_ENV behind what the file says of the environment, and before the default', async () => {
    const quiet = await write(tracesTo('console:'), 'quiet.yaml')
    const production = { NODE_ENV: 'production' }
    expect(resolve(path, {}, production).settings.environment).toBe('prod-eu')
    expect(resolve(quiet, {}, production).settings.environment).toBe('production')
  })

  test("passes over all of OpenTelemetry's own variables", async () => {
    const variables = {
      OTEL_SDK_DISABLED: 'true',
      OTEL_SERVICE_NAME: 'ignored',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://ignored:1',
      OTEL_EXPORTER_OTLP_HEADERS: 'not readable',
      OTEL_TRACES_SAMPLER: 'always_off',
      OTEL_PROPAGATORS: 'b3',
      OTEL_RESOURCE_ATTRIBUTES: 'a=1',
    }
    const quiet = await write(tracesTo('otlp_http:'), 'quiet.yaml')
    const { settings, mistakes } = resolve(quiet, {}, variables)
    expect(mistakes).toEqual([])
    expect(settings).toMatchObject({ disabled: false, propagators: ['none'] })
    expect([settings.service, settings.resource['a'], Object.keys(settings.otlp?.endpoints ?? {})]).toEqual([
      resolve(quiet).settings.service,
      undefined,
      ['traces'],
    ])
    expect(decisionsOf(quiet).root).toBe(true)
  })

  test('is told of each setting, with its line', () => {
    give({ API_KEY: 'secret-key' })
    const rows = effectiveSettings(resolve(path, { slowMillis: 1 }, { LOG_LEVEL: 'warn' }).layers)
    const shown = (wanted: string): unknown => {
      const { value, origin, from } = rows.find((row) => row.path === wanted) ?? {}
      return [value, origin, from?.replace(`${path}, `, '')]
    }
    expect(shown('slowMillis')).toEqual(['1', 'code', undefined])
    expect(shown('level')).toEqual(['warn', 'environment', 'LOG_LEVEL'])
    expect(shown('service')).toEqual(['shop', 'file', 'line 10'])
    expect(shown('otlp.traces.endpoint')).toEqual(['http://127.0.0.1:14318/custom/traces', 'file', 'line 49'])
    expect(shown('otlp.traces.timeoutMillis')).toEqual(['7000', 'file', 'line 57'])
    expect(shown('otlp.traces.headers.Api-Key')).toEqual(['[REDACTED]', 'file', 'line 50'])
    expect(shown('sampler')).toEqual([
      'ParentBased{root=TraceIdRatioBased{0.25}, remoteParentSampled=AlwaysOffSampler, remoteParentNotSampled=AlwaysOffSampler, localParentSampled=AlwaysOnSampler, localParentNotSampled=AlwaysOffSampler}',
      'file',
      'line 78',
    ])
    expect(shown('spanProcessors')).toEqual(['[ConsoleSpans]', 'file', 'line 40'])
    expect(shown('metricIntervalMillis')).toEqual(['5000', 'file', 'line 96'])
  })
})

describe('a signal', () => {
  test('without a provider, or without an exporter, is not sent', async () => {
    const { settings, leftOut } = resolve(await write(HEAD))
    expect([settings.otlp, settings.unsent, leftOut]).toEqual([undefined, true, undefined])
    const onConsole = resolve(await write(tracesTo('console:'))).settings
    expect([onConsole.otlp, onConsole.spanProcessors.length]).toEqual([undefined, 1])
  })

  test('is off when the file disables all', async () => {
    expect(resolve(await write(`${HEAD}disabled: true\n`)).settings.disabled).toBe(true)
  })

  test('has the certificates of the files that are named', async () => {
    const { authority, client } = await makeCertificates()
    const files = { ca: authority.cert, key: client.private, cert: client.cert }
    const [ca, key, cert] = await Promise.all(Object.entries(files).map(([name, pem]) => write(pem, `${name}.pem`)))
    const tls = `tls: { ca_file: ${ca}, key_file: ${key}, cert_file: ${cert} }`
    const path = await write(tracesTo(`otlp_grpc: { endpoint: 'https://collector:4317', ${tls} }`))
    expect(resolve(path).settings.otlp?.endpoints.traces).toMatchObject({
      url: 'https://collector:4317',
      protocol: 'grpc',
      tls: { certificate: files.ca, clientKey: files.key, clientCertificate: files.cert },
    })
  })
})
