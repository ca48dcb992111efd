import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { parse } from 'yaml'
import { rootConfig } from '../../stack/native/collector.ts'
import { repositoryRoot } from '../../stack/native/repository.ts'

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

  it.each(['CLEW_FILES', 'CLEW_LOKI', 'CLEW_TEMPO', 'CLEW_PROMETHEUS'])(
    'leaves a destination out when %s is nop',
    async (variable) => {
      const { stdout } = await collector('print-config', [rootConfig], { [variable]: 'nop' })
      const { pipelines } = (parse(stdout) as Resolved).service
      const left = Object.values(pipelines).flatMap((pipeline) => pipeline.exporters)
      const kind = { CLEW_FILES: /^file\//, CLEW_LOKI: /^otlp_http\/loki/, CLEW_TEMPO: /^otlp_http\/tempo/ }[variable]
      expect(left.filter((name) => (kind ?? /^prometheus/).test(name))).toEqual([])
      expect(left.filter((name) => name.startsWith('nop/'))).not.toEqual([])
    },
  )

  it('refuses a key that does not exist (so that the two above mean something)', async () => {
    await expect(collector('validate', [rootConfig, 'yaml:exporters::file/info::pth: x'])).rejects.toThrow(/pth/)
  })

  it('listens on 127.0.0.1 and writes to ./data unless told otherwise', async () => {
    const { stdout } = await collector('print-config', [rootConfig])

    const resolved = parse(stdout) as Resolved
    expect(resolved.receivers.otlp.protocols).toMatchObject({
      http: { endpoint: '127.0.0.1:4318' },
      grpc: { endpoint: '127.0.0.1:4317' },
    })
    expect(resolved.extensions.health_check.endpoint).toBe('127.0.0.1:13133')
    expect(resolved.exporters['file/info']?.path).toBe('./data/logs-info.jsonl')
    expect(resolved.processors.memory_limiter.limit_mib).toBe(256)
  })

  it('has the memory limiter first wherever data comes in, and a queue on disk wherever it goes out by network', async () => {
    const { stdout } = await collector('print-config', [rootConfig])

    const { exporters, service } = parse(stdout) as Resolved
    const incoming = Object.values(service.pipelines).filter(({ receivers }) => receivers.includes('otlp'))
    expect(incoming.map(({ processors }) => processors[0])).toEqual(incoming.map(() => 'memory_limiter'))
    const network = Object.entries(exporters).filter(([name]) => name.startsWith('otlp_http/'))
    expect(network.map(([name]) => name)).toEqual(['otlp_http/loki', 'otlp_http/tempo'])
    for (const [, exporter] of network) {
      expect(exporter).toMatchObject({
        sending_queue: { storage: 'file_storage' },
        retry_on_failure: { enabled: true, max_elapsed_time: expect.stringMatching(/^0s?$/) as string },
      })
    }
  })

  it('counts spans before tail sampling', async () => {
    const { stdout } = await collector('print-config', [rootConfig])

    const { pipelines } = (parse(stdout) as Resolved).service
    const counting = Object.values(pipelines).filter(({ exporters }) => exporters.includes('span_metrics'))
    expect(counting.flatMap(({ processors }) => processors)).not.toContain('tail_sampling')
    expect(pipelines['traces/tempo']?.processors).toEqual(['tail_sampling'])
  })
})

describe('files that are added to the root file', () => {
  const folder = join(repositoryRoot, 'stack/collector')
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

  it.each(files)('%s shares no list with it: a list in the second would replace the one in the first', (file) => {
    const inRoot = new Set(listPaths(parse(readFileSync(rootConfig, 'utf8'))))
    expect(inRoot).toContain('/service/extensions')
    const added = listPaths(parse(readFileSync(join(folder, file), 'utf8')))
    expect(added.filter((path) => inRoot.has(path))).toEqual([])
  })
})

interface Resolved {
  readonly receivers: { readonly otlp: { readonly protocols: unknown } }
  readonly extensions: { readonly health_check: { readonly endpoint: string } }
  readonly processors: { readonly memory_limiter: { readonly limit_mib: number } }
  readonly exporters: Readonly<Record<string, { readonly path?: string }>>
  readonly service: { readonly pipelines: Readonly<Record<string, Pipeline>> }
}

interface Pipeline {
  readonly receivers: readonly string[]
  readonly processors: readonly string[]
  readonly exporters: readonly string[]
}

function listPaths(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => listPaths(inner, `${path}/${key}`))
}
