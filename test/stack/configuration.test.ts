import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { parse } from 'yaml'
import { backendsConfig, rootConfig } from '../../stack/native/collector.ts'

const program = inject('collectorProgram')
const run = promisify(execFile)

describe.skipIf(program === '')('the collector’s configuration', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'clew-configuration-'))
  afterAll(() => rmSync(cwd, { recursive: true, force: true }))

  const collector = (command: string, files: readonly string[], env: Record<string, string> = {}) =>
    run(program, [command, ...files.flatMap((file) => ['--config', file])], { cwd, env })

  it('is valid on its own, with no variable set', async () => {
    await expect(collector('validate', [rootConfig])).resolves.toMatchObject({ stderr: '' })
  })

  it('is valid together with the file that adds Loki, Tempo and Prometheus', async () => {
    await expect(collector('validate', [rootConfig, backendsConfig])).resolves.toMatchObject({ stderr: '' })
  })

  it('refuses a key that does not exist (so that the two above mean something)', async () => {
    await expect(collector('validate', [rootConfig, 'yaml:exporters::file/logs::pth: x'])).rejects.toThrow(/pth/)
  })

  it('listens on 127.0.0.1 and writes to ./data unless told otherwise', async () => {
    const { stdout } = await collector('print-config', [rootConfig])

    const resolved = parse(stdout) as Resolved
    expect(resolved.receivers.otlp.protocols).toMatchObject({
      http: { endpoint: '127.0.0.1:4318' },
      grpc: { endpoint: '127.0.0.1:4317' },
    })
    expect(resolved.extensions.health_check.endpoint).toBe('127.0.0.1:13133')
    expect(resolved.exporters['file/logs']?.path).toBe('./data/logs.jsonl')
    expect(resolved.processors.memory_limiter.limit_mib).toBe(256)
  })

  it('adds destinations without losing the files', async () => {
    const { stdout } = await collector('print-config', [rootConfig, backendsConfig])

    const { pipelines } = (parse(stdout) as Resolved).service
    const exporters = Object.values(pipelines).flatMap((pipeline) => pipeline.exporters)
    expect(exporters).toEqual(expect.arrayContaining(['file/logs', 'file/errors', 'file/traces', 'file/metrics']))
    expect(exporters).toEqual(expect.arrayContaining(['otlp_http/loki', 'otlp_http/tempo', 'prometheus']))
  })
})

describe('the two files', () => {
  it('share no list: a list in the second would replace the one in the first', () => {
    const inRoot = new Set(listPaths(parse(readFileSync(rootConfig, 'utf8'))))
    expect(inRoot).toContain('/service/extensions')
    expect(listPaths(parse(readFileSync(backendsConfig, 'utf8'))).filter((path) => inRoot.has(path))).toEqual([])
  })
})

interface Resolved {
  readonly receivers: { readonly otlp: { readonly protocols: unknown } }
  readonly extensions: { readonly health_check: { readonly endpoint: string } }
  readonly processors: { readonly memory_limiter: { readonly limit_mib: number } }
  readonly exporters: Readonly<Record<string, { readonly path?: string }>>
  readonly service: { readonly pipelines: Readonly<Record<string, { readonly exporters: readonly string[] }>> }
}

function listPaths(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => listPaths(inner, `${path}/${key}`))
}
