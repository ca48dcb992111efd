import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { parse } from 'yaml'
import { rootConfig } from '../../../stack/native/collector.ts'
import { readLifecycles } from '../../../stack/native/elasticsearch.ts'
import { repositoryRoot } from '../../../stack/native/repository.ts'
import { RETENTION_CLASSES } from '../support/otlp-files.ts'

const run = promisify(execFile)
const programs = inject('additivePrograms')
const folder = join(repositoryRoot, 'stack/elasticsearch')

/** What the real Elasticsearch of these tests has no part for (ILM, users in an index), as it would come in. */
describe('what setup.sh asks of Elasticsearch', () => {
  const password = 'a "quoted\\" $1: pass\'word'
  const collectors = 'a "quoted\\" 1: pass\'word'
  const asked: Asked[] = []
  let server: Server
  let env: NodeJS.ProcessEnv
  const setUp = () => run(join(folder, 'setup.sh'), { env })
  beforeAll(async () => {
    server = createServer((request, response) => {
      void note(request, asked).then((status) => response.writeHead(status).end(answerTo(request, asked)))
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const passwords = {
      ELASTIC_PASSWORD: password,
      KIBANA_SYSTEM_PASSWORD: password,
      CLEW_ELASTICSEARCH_PASSWORD: collectors,
    }
    env = { ...process.env, ...passwords, CLEW_ELASTICSEARCH_ENDPOINT: `http://127.0.0.1:${port}` }
    await setUp()
  })
  afterAll(() => void server.close())
  const taken = () => asked.filter(({ status }) => status === 200)

  it('puts all that is in its folders, each before what names it, and the collector’s user last', () => {
    expect(taken().map(({ path }) => path)).toEqual([
      '/_cluster/health?wait_for_status=yellow&timeout=20s',
      currentLimit,
      '/_cluster/settings',
      ...named('component-template', '_component_template'),
      ...named('lifecycle', '_ilm/policy'),
      ...named('lifecycle-template', '_component_template'),
      ...named('index-template', '_index_template'),
      '/_security/user/kibana_system/_password',
      '/_security/role/clew',
      '/_security/user/clew',
    ])
  })

  it('asks again when Elasticsearch is busy', () => {
    expect(asked.filter(({ status }) => status === 503).map(({ path }) => path)).toEqual([
      '/_component_template/clew-logs',
    ])
  })

  it('says who it is, and passes passwords on as they are', () => {
    const authorization = `Basic ${Buffer.from(`elastic:${password}`).toString('base64')}`
    expect(new Set(asked.map((each) => each.authorization))).toEqual(new Set([authorization]))
    const bodies = taken().flatMap(({ path, body }) => (path.startsWith('/_security/user') ? [body] : []))
    expect(bodies).toEqual([{ password }, { password: collectors, roles: ['clew'] }])
  })

  it('raises the limit of shards to a shard for each class and day, and 1000 for others', async () => {
    const { exporters } = parse(readFileSync(rootConfig, 'utf8')) as Root
    const days = RETENTION_CLASSES.map((name) => exporters[`file/${name}`]?.rotation.max_days ?? NaN)
    // the day on which it goes, and today
    const shards = days.reduce((sum, each) => sum + each + 2, 0)
    expect(limits(asked)).toEqual([shards + 1000])
    expect(shards).toBe(957)
    await setUp()
    expect(limits(asked)).toEqual([shards + 1000])
  })

  it.each(['pa$$word', 'pa${word', 'pa$'])('refuses %s for the collector, before it asks anything', async (wrong) => {
    const before = asked.length
    const tried = run(join(folder, 'setup.sh'), { env: { ...env, CLEW_ELASTICSEARCH_PASSWORD: wrong } })
    await expect(tried).rejects.toThrow('CLEW_ELASTICSEARCH_PASSWORD must not contain $')
    expect(asked).toHaveLength(before)
  })
})

describe('the lifecycle of a class', () => {
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, never>
  const { exporters } = parse(readFileSync(rootConfig, 'utf8')) as Root

  it.each(RETENTION_CLASSES)('%s: each record stays as long as in the files', (name) => {
    const policy = read(`lifecycle/clew-logs-${name}.json`) as unknown as Policy
    const days = exporters[`file/${name}`]?.rotation.max_days ?? 0
    expect(days).toBeGreaterThan(0)
    // a day's data stream is as old as its first record
    expect(policy.policy.phases).toEqual({
      hot: { min_age: '0ms', actions: {} },
      delete: { min_age: `${days + 1}d`, actions: { delete: {} } },
    })
    expect(policy.policy._meta.description).toContain(`kept ${days} days`)
  })

  it.skipIf(programs.elasticsearch === '')('is one that Elasticsearch understands', () => {
    const files = RETENTION_CLASSES.map((name) => join(folder, `lifecycle/clew-logs-${name}.json`))
    const days = ['audit 366d', 'error 366d', 'warning 181d', 'info 31d', 'debug 8d'].map((each) => `clew-logs-${each}`)
    expect(readLifecycles(programs.elasticsearch, files)).toEqual(days)
    const wrong = join(mkdtempSync(join(tmpdir(), 'clew-lifecycle-')), 'wrong.json')
    writeFileSync(wrong, readFileSync(files[0] ?? '', 'utf8').replace('"min_age": "366d"', '"min_ages": "366d"'))
    expect(() => readLifecycles(programs.elasticsearch, [wrong])).toThrow('min_ages')
    rmSync(dirname(wrong), { recursive: true })
  })

  it.each(RETENTION_CLASSES)('%s: its data streams have it', (name) => {
    const [policy, template] = [`clew-logs-${name}`, `clew-logs-${name}-lifecycle`]
    expect(read(`index-template/${policy}.json`)).toMatchObject({
      index_patterns: [`logs-${name}-*`],
      data_stream: {},
      // what comes later wins
      composed_of: ['clew-logs', template, 'clew-logs@custom'],
      ignore_missing_component_templates: [template, 'clew-logs@custom'],
    })
    expect(read(`lifecycle-template/${template}.json`)).toMatchObject({
      template: { settings: { index: { lifecycle: { name: policy } } } },
    })
  })
})

function named(name: string, api: string): string[] {
  return readdirSync(join(folder, name))
    .sort()
    .map((file) => `/${api}/${file.replace('.json', '')}`)
}

const currentLimit = '/_cluster/settings?include_defaults=true&filter_path=*.cluster.max_shards_per_node'

/** As Elasticsearch says it: its default until there is another. */
function answerTo(request: IncomingMessage, asked: readonly Asked[]): string {
  if (request.url !== currentLimit) return '{"error":"busy"}'
  const limit = limits(asked).at(-1)
  const cluster = { max_shards_per_node: String(limit ?? 1000) }
  return JSON.stringify(limit === undefined ? { defaults: { cluster } } : { persistent: { cluster } })
}

function limits(asked: readonly Asked[]): number[] {
  const put = asked.filter(({ path }) => path === '/_cluster/settings')
  return put.map(({ body }) => (body as Settings).persistent['cluster.max_shards_per_node'])
}

async function note(request: IncomingMessage, asked: Asked[]): Promise<number> {
  const { url: path = '', method, headers } = request
  const body = method === 'GET' ? undefined : await json(request)
  const status = path.endsWith('/clew-logs') && !asked.some((each) => each.path === path) ? 503 : 200
  asked.push({ path, body, status, authorization: headers.authorization })
  return status
}

interface Asked {
  readonly path: string
  readonly body: unknown
  readonly status: number
  readonly authorization: string | undefined
}

interface Settings {
  readonly persistent: { readonly 'cluster.max_shards_per_node': number }
}

interface Root {
  readonly exporters: Readonly<Record<string, { readonly rotation: { readonly max_days: number } }>>
}

interface Policy {
  readonly policy: { readonly _meta: { readonly description: string }; readonly phases: unknown }
}
