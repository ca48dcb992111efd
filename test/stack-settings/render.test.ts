import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { makeStackSchema } from '../../schema/stack-schema.ts'
import { packageFolder, readStackSettings, renderStack, type StackSettings } from '../../src/stack/index.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
const { settings: defaults } = readStackSettings({ defaults: join(ROOT, 'stack/settings.yaml'), variables: {} })

/** None of these is a default, so that a value that was not put in is seen. */
const other: StackSettings = {
  retention: { audit: '2y', error: '52w', warning: '91d', info: '14d', debug: '3d', traces: '4d', metrics: '5w' },
  files: {
    maxMegabytes: 11,
    maxBackups: { audit: 0, error: 12, warning: 13, info: 14, debug: 15, traces: 16, metrics: 17 },
  },
  traces: { keepPercent: 2.5, slowMillis: 321 },
  collector: { queueMegabytes: 33, memoryMegabytes: 1000 },
}
const rendered = renderStack(packageFolder(), other)
const parsed = (file: string): unknown => parse(rendered.get(file) ?? '', { merge: true })

test('the files at the root are those for the committed settings (else: node src/cli/main.ts stack --force)', () => {
  const stale = [...renderStack(ROOT, defaults)].filter(([file, text]) => read(file) !== text).map(([file]) => file)
  expect(stale).toEqual([])
})

test('the schema for editors is that of the code (else: npm run schema)', () => {
  expect(JSON.parse(read('stack/settings.schema.json'))).toEqual(makeStackSchema())
})

test('what docker compose mounts is written, and nothing that only the repository needs', () => {
  const files = [...rendered.keys()]
  expect(files).toEqual(expect.arrayContaining(['collector-config.yaml', 'docker-compose.yml', '.env.example']))
  const services = Object.values((parse(read('docker-compose.yml'), { merge: true }) as Compose).services)
  const mounts = services.flatMap(({ volumes = [] }) => volumes.map((mount) => mount.split(':')[0] as string))
  const paths = mounts.filter((path) => path.startsWith('./')).map((path) => path.slice(2))
  expect(paths.length).toBeGreaterThan(3)
  expect(paths.filter((path) => !files.some((file) => file === path || file.startsWith(`${path}/`)))).toEqual([])
  expect(files.filter((file) => /native|\.ts$|settings\.yaml|alerts\.yaml|\.written/.test(file))).toEqual([])
})

describe('settings are put', () => {
  test('into the rotation of each file of the collector', () => {
    const { exporters } = parsed('collector-config.yaml') as Collector
    const files = Object.entries(exporters).filter(([name]) => name.startsWith('file/'))
    expect(Object.fromEntries(files.map(([name, { rotation }]) => [name, rotation]))).toEqual({
      'file/audit': { max_megabytes: 11, max_days: 730, max_backups: 0 },
      'file/error': { max_megabytes: 11, max_days: 364, max_backups: 12 },
      'file/warning': { max_megabytes: 11, max_days: 91, max_backups: 13 },
      'file/info': { max_megabytes: 11, max_days: 14, max_backups: 14 },
      'file/debug': { max_megabytes: 11, max_days: 3, max_backups: 15 },
      'file/traces': { max_megabytes: 11, max_days: 4, max_backups: 16 },
      'file/metrics': { max_megabytes: 11, max_days: 35, max_backups: 17 },
    })
  })

  test('into Loki, for each selector', () => {
    const { limits_config: limits } = parsed('stack/loki/loki.yaml') as Loki
    expect(limits.retention_period).toBe('14d')
    expect(Object.fromEntries(limits.retention_stream.map(({ selector, period }) => [selector, period]))).toEqual({
      '{channel="audit"}': '730d',
      '{level=~"ERROR|CRITICAL"}': '364d',
      '{level="WARNING"}': '91d',
      '{level="INFO"}': '14d',
      '{level=~"DEBUG|TRACE"}': '3d',
    })
  })

  test('into Tempo, and into the compose file', () => {
    expect(parsed('stack/tempo/tempo.yaml')).toMatchObject({ compactor: { compaction: { block_retention: '96h' } } })
    const { services } = parsed('docker-compose.yml') as Compose
    expect(services['prometheus']?.command).toContain('--storage.tsdb.retention.time=35d')
    const collectors = Object.values(services).filter(({ image }) => image?.includes('opentelemetry-collector'))
    expect(collectors).toHaveLength(2)
    for (const collector of collectors)
      expect(collector).toMatchObject({
        mem_limit: '1280m',
        environment: { CLEW_MEMORY_LIMIT_MIB: '1000', GOMEMLIMIT: '1000MiB' },
      })
  })

  test('into the lifecycles of Elasticsearch, whose indices of a day go as a whole', () => {
    const ages = ['audit', 'error', 'warning', 'info', 'debug'].map((one) => {
      const { policy } = parsed(`stack/elasticsearch/lifecycle/clew-logs-${one}.json`) as Lifecycle
      return [policy._meta.description.split('.')[0], policy.phases.delete.min_age]
    })
    expect(ages).toEqual([
      ['audit: each record is kept 730 days', '731d'],
      ['error: each record is kept 364 days', '365d'],
      ['warning: each record is kept 91 days', '92d'],
      ['info: each record is kept 14 days', '15d'],
      ['debug: each record is kept 3 days', '4d'],
    ])
  })

  test('into the defaults of variables, in every file that has them', () => {
    const defaultsOf = (name: string): string[] =>
      [...rendered.values()].flatMap((text) =>
        [...text.matchAll(new RegExp(`\\$\\{env:${name}:-([^}]*)\\}`, 'g'))].map((match) => match[1] as string),
      )
    const queues = defaultsOf('CLEW_QUEUE_BYTES')
    expect(queues.length).toBeGreaterThan(2)
    expect(new Set(queues)).toEqual(new Set(['34603008']))
    expect(defaultsOf('CLEW_MEMORY_LIMIT_MIB')).toEqual(['1000'])
    expect(defaultsOf('CLEW_TRACE_PERCENT')).toEqual(['2.5'])
    expect(defaultsOf('CLEW_SLOW_TRACE_MILLIS')).toEqual(['321'])
    expect(defaultsOf('CLEW_OTLP_HTTP_PORT')).toEqual(['4318'])
  })

  test('and nothing else changes: comments, layout, order', () => {
    for (const [file, text] of rendered) {
      const bare = (one: string): string => one.replaceAll(/\d+(?:\.\d+)?/g, '0')
      expect(bare(text)).toBe(bare(read(file)))
    }
  })
})

interface Collector {
  readonly exporters: Readonly<Record<string, { readonly rotation: unknown }>>
}

interface Loki {
  readonly limits_config: {
    readonly retention_period: string
    readonly retention_stream: readonly { readonly selector: string; readonly period: string }[]
  }
}

interface Lifecycle {
  readonly policy: {
    readonly _meta: { readonly description: string }
    readonly phases: { readonly delete: { readonly min_age: string } }
  }
}

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      { readonly image?: string; readonly volumes?: readonly string[]; readonly command?: readonly string[] }
    >
  >
}
