import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveSettings, SettingsError } from '../../dist/src/settings/index.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clew-declarative-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function write(content: string, name = 'otel.yaml'): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const resolve = (path: string) => resolveSettings({}, { OTEL_CONFIG_FILE: path })

/** What is wrong with a file. */
async function mistakesIn(content: string): Promise<unknown> {
  const path = await write(content)
  try {
    resolve(path)
    return 'nothing'
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.mistakes.map(({ where, found, allowed }) => [
      where.replace(`${path}, `, ''),
      found,
      allowed.replace(/ \(https:.*/, ''),
    ])
  }
}

const HEAD = "file_format: '1.0'\n"
const tracesTo = (exporter: string): string =>
  `${HEAD}tracer_provider:\n  processors:\n    - batch:\n        exporter:\n          ${exporter}\n`

describe('a file that is wrong', () => {
  test.each([
    ['', 'file_format', 'nothing', 'what the schema says: Unsupported file_format'],
    ["file_format: '2.0'", 'line 1, file_format', '"2.0"', 'what the schema says: Unsupported file_format'],
    [`${HEAD}resource:\n  attributes: [`, 'line 3', 'no YAML: Flow sequence', 'YAML 1.2'],
    [`${HEAD}a: 1\na: 2\n`, 'line 3', 'no YAML: Map keys must be unique', 'YAML 1.2'],
    [`${HEAD}log_level: loud\n`, 'line 2, log_level', '"loud"', 'what the schema says: must be equal to one'],
    [
      tracesTo('otlp_http: { timeout: soon }'),
      'line 6, tracer_provider.processors[0].batch.exporter.otlp_http.timeout',
      '"soon"',
      'what the schema says: must be',
    ],
    [
      tracesTo('otlp_http: { endpont: x }'),
      'line 6, tracer_provider.processors[0].batch.exporter.otlp_http',
      'the keys endpont',
      'what the schema says: must NOT have additional properties',
    ],
    [
      tracesTo('otlp_http: { headers: [{ name: a, value: [secret] }] }'),
      'line 6, tracer_provider.processors[0].batch.exporter.otlp_http.headers[0].value',
      'a list of 1',
      'what the schema says: must be',
    ],
    [
      tracesTo('otlp_http: { endpoint: collector }'),
      'tracer_provider.processors[0].batch.exporter.otlp_http.endpoint (line 6)',
      '"collector"',
      'an http:// or https:// URL',
    ],
    [
      tracesTo("otlp_http: { endpoint: 'collector:4318' }"),
      'tracer_provider.processors[0].batch.exporter.otlp_http.endpoint (line 6)',
      '"collector:4318" with http/protobuf',
      'an http:// or https:// URL',
    ],
    [
      tracesTo('otlp_http: { compression: brotli }'),
      'tracer_provider.processors[0].batch.exporter.otlp_http.compression (line 6)',
      '"brotli"',
      'gzip, zstd, none',
    ],
    [
      tracesTo('otlp_http: { headers_list: "secret-without-name" }'),
      'tracer_provider.processors[0].batch.exporter.otlp_http.headers_list (line 6)',
      "a value that can't be read",
      'key=value pairs',
    ],
    [
      tracesTo('otlp_http: { tls: { ca_file: /nowhere/ca.pem } }'),
      'tracer_provider.processors[0].batch.exporter.otlp_http.tls.ca_file (line 6)',
      "a file that can't be read (ENOENT)",
      'the path of a PEM file',
    ],
    [
      `${HEAD}resource: { attributes_list: 'no pair' }\n`,
      'resource.attributes_list (line 2)',
      "a value that can't be read",
      'key=value pairs',
    ],
    [
      `${HEAD}meter_provider: { readers: [{ periodic: { interval: 1, exporter: { otlp_http: } } }] }\n`,
      'meter_provider.readers[0].periodic.interval (line 2)',
      '1',
      'a number of milliseconds, 100 or more',
    ],
  ])('ends init() with the place: %j', async (content, where, found, allowed) => {
    expect(await mistakesIn(content)).toEqual([
      [where, expect.stringContaining(found), expect.stringContaining(allowed)],
    ])
  })

  test('or that is not there is named', () => {
    const nowhere = join(folder, 'nowhere.yaml')
    expect(() => resolve(nowhere)).toThrow(
      `OTEL_CONFIG_FILE: found ${JSON.stringify(nowhere)}, which can't be read (ENOENT); allowed: the path of a file`,
    )
  })

  test('or of a newer version is read as far as it is known, and that is said', async () => {
    const path = await write("file_format: '1.7'\n")
    expect(resolve(path).leftOut).toBe(
      `not everything in ${path} is done as it says:\n  file_format (line 1): 1.7 is newer than 1.1; what it added is not read`,
    )
  })
})
