import type { IncomingMessage } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import { startReceiver, type OtlpReceiver } from '../support/otlp-receiver.ts'
import { runProgram, type ProgramEnd } from '../support/program.ts'

let folder: string
let receiver: OtlpReceiver | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clew-declared-'))
})
afterEach(async () => {
  await receiver?.close()
  await rm(folder, { recursive: true, force: true })
})

const REGISTER = ['--import', './dist/src/register.js']
const QUIET = { NODE_ENV: 'production' }

/** Runs the program with the file, started by `clew/register` unless its own code calls init(). */
async function run(file: string, variables: Record<string, string> = {}, code = false): Promise<ProgramEnd> {
  const path = join(folder, 'otel.yaml')
  await writeFile(path, file)
  const environment = { ...QUIET, OTEL_CONFIG_FILE: path, CLEW_HOME: join(folder, 'home'), ...variables }
  return runProgram('test/fixtures/declared.mjs', code ? ['code'] : [], environment, code ? [] : REGISTER)
}

/** Takes all that comes, and keeps what each request was like. */
function watch({ answer: take }: OtlpReceiver): IncomingMessage[] {
  const requests: IncomingMessage[] = []
  if (receiver !== undefined)
    receiver.answer = (request, body) => {
      requests.push(request)
      return take(request, body)
    }
  return requests
}

const FILE = `
file_format: '1.0'
resource:
  attributes: [{ name: service.name, value: declared }, { name: tags, value: [a, b] }]
tracer_provider:
  limits: { attribute_count_limit: 2 }
  sampler: { parent_based: { root: { trace_id_ratio_based: { ratio: 0 } } } }
  processors:
    - batch: { exporter: { otlp_http: { endpoint: '\${COLLECTOR}/v1/traces' } } }
logger_provider:
  processors:
    - simple:
        exporter:
          otlp_http:
            endpoint: \${COLLECTOR}/v1/logs
            compression: gzip
            headers: [{ name: api-key, value: '\${API_KEY}' }]
            headers_list: x-tenant=web%20shop
  logger_configurator/development:
    loggers: [{ name: noisy, config: { minimum_severity: error } }]
meter_provider:
  readers:
    - periodic: { exporter: { otlp_http: { endpoint: '\${COLLECTOR}/v1/metrics', encoding: json } } }
`
const RECORDS = Array.from({ length: 20 }, (_, n) => n)

test('a program that knows nothing of it sends what it says where the file says, and as the file says', async () => {
  receiver = await startReceiver()
  const requests = watch(receiver)
  const { code, stderr } = await run(FILE, { COLLECTOR: receiver.url, API_KEY: 'secret-key' })
  expect([code, stderr]).toEqual([0, ''])
  expect(receiver.logs.map(({ attributes }) => attributes['n'])).toEqual(RECORDS)
  expect(receiver.logs[0]?.resource.service).toBe('declared')
  expect(receiver.logs[0]?.resource.attributes).toMatchObject({ tags: ['a', 'b'] })
  expect(receiver.spans).toEqual([])
  expect(receiver.dataPoints).toBe(1)
  const headersTo = (path: string) => requests.find(({ url }) => url === path)?.headers
  expect(headersTo('/v1/logs')).toMatchObject({
    'api-key': 'secret-key',
    'x-tenant': 'web shop',
    'content-encoding': 'gzip',
    'content-type': 'application/x-protobuf',
  })
  expect(headersTo('/v1/metrics')).toMatchObject({ 'content-type': 'application/json' })
  expect(Object.keys(headersTo('/v1/metrics') ?? {})).not.toContain('api-key')
})

test('the sampler and the limits of the file hold for its spans; code that calls init() gets the same', async () => {
  receiver = await startReceiver()
  const file = FILE.replace('ratio: 0 ', 'ratio: 1 ')
  const { code, stderr } = await run(file, { COLLECTOR: receiver.url, OTEL_TRACES_SAMPLER: 'always_off' }, true)
  expect([code, stderr]).toEqual([0, ''])
  expect(receiver.spans.map(({ name, attributes }) => [name, attributes])).toEqual(
    RECORDS.map((n) => [`work ${n}`, { a: 1, b: 2 }]),
  )
})

test('goes by TLS to a receiver whose authority the file names', async () => {
  const { authority, server } = await makeCertificates()
  await writeFile(join(folder, 'ca.pem'), authority.cert)
  receiver = await startReceiver(0, { key: server.private, cert: server.cert })
  const tls = `, tls: { ca_file: ${join(folder, 'ca.pem')} }`
  const { code, stderr } = await run(FILE.replace(', encoding: json', tls), { COLLECTOR: receiver.url })
  expect([code, receiver.dataPoints]).toEqual([0, 1])
  // Of the others the authority is not known.
  expect([receiver.logs, stderr]).toEqual([[], expect.stringContaining('set otlp.certificate')])
})

test('writes spans and metrics to the console where the file asks for it', async () => {
  const exporter = '{ exporter: { console: } }'
  const { code, stdout } = await run(
    `file_format: '1.0'\ntracer_provider: { processors: [{ simple: ${exporter} }] }\nmeter_provider: { readers: [{ periodic: ${exporter} }] }\n`,
  )
  expect(code).toBe(0)
  const spans = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"timestamp"') && line.includes('"span"'))
    .map((line) => JSON.parse(line) as object)
  expect(spans).toHaveLength(20)
  expect(spans[0]).toEqual({
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    span: 'work 0',
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
    component: 'shop',
    duration_ms: expect.any(Number),
    metadata: { a: 1, b: 2, c: 3 },
  })
  expect(stdout).toContain("name: 'orders'")
})

test('says once what is not done as the file says', async () => {
  receiver = await startReceiver()
  const file = FILE.replace('meter_provider:', 'meter_provider:\n  views: [{ selector: {}, stream: { name: x } }]')
  const { stderr } = await run(file, { COLLECTOR: receiver.url })
  expect(stderr).toBe(
    `clew: not everything in ${join(folder, 'otel.yaml')} is done as it says:\n  meter_provider.views (line 22): left out: each instrument keeps its own aggregation and attributes [declarative]\n`,
  )
})

test.each([
  ['is broken', "file_format: '1.0'\nresource: [", 'line 2'],
  ['has a key that the format does not have', "file_format: '1.0'\nlog_levels:\n  a: [1\n", 'line 4'],
])(
  'a file that %s takes no program down that clew was loaded into: it is said, and defaults are used',
  async (_, file, line) => {
    receiver = await startReceiver()
    const { code, stdout, stderr } = await run(file, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url })
    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toHaveLength(21)
    expect(stderr).toContain(`clew: ${join(folder, 'otel.yaml')}, ${line}: found no YAML`)
    expect(stderr).toContain('; the default is used [settings_file]\n')
    expect(receiver.requests).toBe(0)
  },
)

test('so it is with a value that can not be used: the rest of the file is', async () => {
  receiver = await startReceiver()
  const file = FILE.replace('x-tenant=web%20shop', 'no-pair')
  const { code, stderr } = await run(file, { COLLECTOR: receiver.url, API_KEY: 'secret-key' })
  expect([code, receiver.logs.length]).toEqual([0, 20])
  expect(stderr).toContain("headers_list (line 18): found a value that can't be read; allowed: key=value pairs")
})

test('a file that is broken ends a program whose code calls init()', async () => {
  const { code, stderr } = await run("file_format: '7.0'\n", {}, true)
  expect([code, stderr]).toEqual([1, expect.stringContaining('SettingsError')])
  expect(stderr).toContain(`${join(folder, 'otel.yaml')}, line 1, file_format: found "7.0"`)
})
