import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveSettings, SettingsError, type OtlpOptions } from '../../src/settings/index.ts'
import { makeCertificates, type Certificates } from '../support/certificates.ts'

const COMMON = 'OTEL_EXPORTER_OTLP'

/** What options and variables come to for each signal; variables by their names without the prefix. */
function resolved(otlp: OtlpOptions, variables: Record<string, string> = {}) {
  const environment = Object.fromEntries(Object.entries(variables).map(([name, value]) => [`${COMMON}_${name}`, value]))
  const { settings, mistakes } = resolveSettings({ service: 's', otlp }, environment)
  return { ...settings.otlp, mistakes: mistakes.map(({ where, found }) => `${where} ${found}`) }
}

const urlsOf = ({ endpoints }: ReturnType<typeof resolved>) =>
  Object.fromEntries(Object.entries(endpoints ?? {}).map(([signal, { url }]) => [signal, url]))

describe('precedence', () => {
  test("is: a signal's option, the common option, a signal's variable, the common variable, the default", () => {
    const options = { timeoutMillis: 2, logs: { timeoutMillis: 1 } }
    const variables = { TRACES_TIMEOUT: '3', METRICS_COMPRESSION: 'none', COMPRESSION: 'zstd', TIMEOUT: '4' }
    const { endpoints, mistakes } = resolved(options, variables)
    expect(mistakes).toEqual([])
    expect(endpoints).toMatchObject({
      logs: { timeoutMillis: 1, compression: 'zstd', protocol: 'http/protobuf' },
      traces: { timeoutMillis: 2, compression: 'zstd' },
      metrics: { timeoutMillis: 2, compression: 'none' },
    })
    expect(resolved({}, variables).endpoints).toMatchObject({
      logs: { timeoutMillis: 4 },
      traces: { timeoutMillis: 3 },
    })
  })

  test("of headers is name by name, whatever their case: a signal's own win", () => {
    const { endpoints } = resolved(
      { headers: { Authorization: 'code' }, logs: { headers: { 'X-Logs': '1' } } },
      { HEADERS: 'authorization=env,a=b%2Cc', TRACES_HEADERS: 'a=own' },
    )
    expect(endpoints).toMatchObject({
      logs: { headers: { authorization: 'code', a: 'b,c', 'x-logs': '1' } },
      traces: { headers: { authorization: 'code', a: 'own' } },
    })
    expect(Object.keys(endpoints?.metrics?.headers ?? {}).toSorted()).toEqual(['a', 'authorization'])
  })

  test.each(['logs', 'traces', 'metrics'] as const)('holds for every variable of %s', async (signal) => {
    const own = `${signal.toUpperCase()}_`
    const { client, authority } = await makeCertificates()
    const { endpoints, mistakes } = resolved(
      {},
      {
        [`${own}ENDPOINT`]: 'collector:4317',
        [`${own}PROTOCOL`]: 'GRPC',
        [`${own}HEADERS`]: 'a=b',
        [`${own}COMPRESSION`]: 'none',
        [`${own}TIMEOUT`]: '0',
        [`${own}CERTIFICATE`]: authority.cert,
        [`${own}CLIENT_KEY`]: client.private,
        [`${own}CLIENT_CERTIFICATE`]: client.cert,
        [`${own}INSECURE`]: 'true',
      },
    )
    expect(mistakes).toEqual([])
    expect(endpoints?.[signal]).toEqual({
      url: 'collector:4317',
      protocol: 'grpc',
      headers: { a: 'b' },
      compression: 'none',
      timeoutMillis: 0,
      insecure: true,
      tls: { certificate: authority.cert, clientKey: client.private.trim(), clientCertificate: client.cert },
    })
    const other = signal === 'logs' ? 'traces' : 'logs'
    expect(endpoints?.[other]).toMatchObject({ protocol: 'http/protobuf', tls: {} })
  })
})

describe('endpoints', () => {
  test('get a path for each signal, save those of one signal', () => {
    const options = { endpoint: 'https://h/base/?key=k', logs: { endpoint: 'http://own:1' } }
    expect(urlsOf(resolved(options))).toEqual({
      logs: 'http://own:1',
      traces: 'https://h/base/v1/traces?key=k',
      metrics: 'https://h/base/v1/metrics?key=k',
    })
  })

  test.each(['http://h:4317', 'https://h:4317', 'h:4317', '[::1]:4317', 'dns:///h:4317', 'unix:/tmp/otel.sock'])(
    'of gRPC are taken as they are: %s',
    (endpoint) => {
      const { endpoints, mistakes } = resolved({ protocol: 'grpc' }, { ENDPOINT: endpoint })
      expect([endpoints?.logs?.url, endpoints?.traces?.url, mistakes]).toEqual([endpoint, endpoint, []])
    },
  )

  test('by default are those of the embedded server, by its port for gRPC where that is the protocol', () => {
    const settings = resolved({}, { LOGS_PROTOCOL: 'grpc' })
    expect(urlsOf(settings)).toMatchObject({ logs: 'http://127.0.0.1:4317', traces: 'http://127.0.0.1:4318/v1/traces' })
    expect(settings.spoolDirectory).toBeUndefined()
  })

  test('without a scheme are none for HTTP: a variable is reported once and left, an option is thrown', () => {
    const settings = resolved({}, { ENDPOINT: 'collector:4318' })
    expect(settings.mistakes).toEqual([`${COMMON}_ENDPOINT "collector:4318" with http/protobuf`])
    expect(urlsOf(settings).logs).toBe('http://127.0.0.1:4318/v1/logs')
    expect(() => resolved({ logs: { endpoint: 'collector:4318' } })).toThrow(
      'init({ otlp.logs.endpoint }): found "collector:4318" with http/protobuf; allowed: an http:// or https:// URL',
    )
  })
})

describe('certificates', () => {
  let folder: string
  let certificates: Certificates
  const path = (name: string): string => join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clew-pem-'))
    certificates = await makeCertificates()
    await writeFile(path('ca.pem'), `# a comment before it\n${certificates.authority.cert}`)
    await writeFile(path('client.pem'), certificates.client.cert)
    await writeFile(path('client.key'), certificates.client.private)
    await writeFile(path('none.pem'), 'hunter2, but no PEM')
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('are read from files, in options and in variables', () => {
    const variables = { CLIENT_KEY: path('client.key'), CLIENT_CERTIFICATE: path('client.pem') }
    const { endpoints, mistakes } = resolved({ certificate: path('ca.pem') }, variables)
    expect(mistakes).toEqual([])
    expect(endpoints?.metrics?.tls).toEqual({
      certificate: `# a comment before it\n${certificates.authority.cert}`,
      clientKey: certificates.client.private,
      clientCertificate: certificates.client.cert,
    })
  })

  test.each([
    ['CERTIFICATE', () => path('missing.pem'), "a file that can't be read (ENOENT)"],
    ['CERTIFICATE', () => folder, "a file that can't be read (EISDIR)"],
    ['CERTIFICATE', () => path('none.pem'), 'no certificate that can be used'],
    ['CERTIFICATE', () => path('client.key'), 'no certificate that can be used'],
    ['CLIENT_KEY', () => path('client.pem'), 'no key that can be used'],
    ['CLIENT_KEY', () => '-----BEGIN PRIVATE KEY-----\nhunter2', 'no key that can be used'],
    ['CLIENT_KEY', () => path('client.key'), 'no certificate with it'],
    ['CLIENT_CERTIFICATE', () => path('client.pem'), 'no key with it'],
  ])('that are of no use are reported and left: %s (%#)', (name, value, found) => {
    const { endpoints, mistakes } = resolved({}, { [name]: value() })
    expect(mistakes).toEqual([`${COMMON}_${name} ${found}`])
    expect(endpoints?.logs?.tls).toEqual({})
  })

  test('of an option that are of no use are thrown, all at once, with neither path nor text', () => {
    const otlp = { certificate: path('none.pem'), traces: { clientKey: '-----BEGIN PRIVATE KEY-----\nhunter2' } }
    expect(() => resolved(otlp)).toThrow(SettingsError)
    expect(() => resolved(otlp)).toThrow(
      [
        '  init({ otlp.certificate }): found no certificate that can be used; allowed: the path of a PEM file, or PEM text, with a certificate',
        '  init({ otlp.traces.clientKey }): found no key that can be used; allowed: the path of a PEM file, or PEM text, with a key without a pass phrase',
      ].join('\n'),
    )
    expect(() => resolved(otlp)).not.toThrow(/hunter2/)
  })

  test('need the key that belongs to them, without a pass phrase', async () => {
    const { client, stranger } = certificates
    const clientCertificate = client.cert
    expect(() => resolved({ clientCertificate, clientKey: stranger.private })).toThrow(
      'init({ otlp.clientKey }): found the key of another certificate; allowed: a client certificate and its key, both',
    )
    const locked = await generate(undefined, { algorithm: 'sha256', passphrase: 'hunter2' })
    expect(() => resolved({ clientCertificate: locked.cert, clientKey: locked.private })).toThrow(
      'without a pass phrase',
    )
  })
})

describe('mistakes', () => {
  test('in variables name what is allowed', () => {
    const { mistakes } = resolveSettings(
      { service: 's' },
      {
        [`${COMMON}_PROTOCOL`]: 'http',
        [`${COMMON}_COMPRESSION`]: 'br',
        [`${COMMON}_LOGS_TIMEOUT`]: '-1',
        [`${COMMON}_INSECURE`]: 'yes',
      },
    )
    expect(mistakes).toEqual([
      { where: `${COMMON}_LOGS_TIMEOUT`, found: '"-1"', allowed: 'a number of milliseconds, 0 or more' },
      { where: `${COMMON}_PROTOCOL`, found: '"http"', allowed: 'http/protobuf, http/json, grpc' },
      { where: `${COMMON}_COMPRESSION`, found: '"br"', allowed: 'gzip, zstd, none' },
      { where: `${COMMON}_INSECURE`, found: '"yes"', allowed: 'true, false' },
    ])
  })

  test('are what gRPC can not send: zstd, and headers that can be no metadata, which are never shown', () => {
    const { endpoints, mistakes } = resolved(
      {},
      {
        PROTOCOL: 'grpc',
        COMPRESSION: 'zstd',
        HEADERS: 'a=%C3%A9',
        LOGS_HEADERS: 'b=c',
        METRICS_PROTOCOL: 'http/json',
      },
    )
    const said = [`${COMMON}_COMPRESSION 'zstd' with grpc`, `${COMMON}_HEADERS a value that can't be read`]
    expect(mistakes.toSorted()).toEqual(said)
    expect(endpoints).toMatchObject({
      logs: { headers: { b: 'c' }, compression: 'gzip' },
      metrics: { headers: { a: 'é' }, compression: 'zstd' },
    })
    expect(() => resolved({ protocol: 'grpc', headers: { 'x!': 'hunter2' } })).toThrow('init({ otlp.headers })')
    expect(() => resolved({ protocol: 'grpc', headers: { 'x!': 'hunter2' } })).not.toThrow(/hunter2/)
  })

  test('are not looked for where another source decides, nor for a signal that is not sent', () => {
    expect(resolved({ endpoint: 'http://h:1', certificate: undefined as never }, { ENDPOINT: 'h:1' }).mistakes).toEqual(
      [],
    )
    const { mistakes } = resolveSettings(
      { service: 's' },
      { OTEL_LOGS_EXPORTER: 'none', [`${COMMON}_LOGS_CERTIFICATE`]: '/missing.pem' },
    )
    expect(mistakes).toEqual([])
  })
})

test('the variables of a proxy count where Node is told to go by them', () => {
  const variables = { HTTP_PROXY: 'http://p:1', no_proxy: 'h', NO_PROXY: 'not this' }
  const proxy = (more: Record<string, string>) =>
    resolveSettings({ service: 's' }, { ...variables, ...more }).settings.otlp?.proxy
  expect(proxy({})).toBeUndefined()
  const used = { http_proxy: 'http://p:1', no_proxy: 'h' }
  const whereNodeCan = process.allowedNodeEnvironmentFlags.has('--use-env-proxy') ? used : undefined
  expect(proxy({ NODE_USE_ENV_PROXY: '1' })).toEqual(whereNodeCan)
  expect(proxy({ NODE_OPTIONS: '--max-http-header-size=1 --use-env-proxy' })).toEqual(whereNodeCan)
})
