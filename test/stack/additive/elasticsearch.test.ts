import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startCollector, type Collector } from '../../../stack/native/collector.ts'
import { startElasticsearch, type Elasticsearch } from '../../../stack/native/elasticsearch.ts'
import { repositoryRoot } from '../../../stack/native/repository.ts'
import { eventually } from '../support/eventually.ts'
import type { FileRecord, KeyValue } from '../support/otlp-files.ts'
import { postLogs, record, string } from '../support/otlp-post.ts'

const programs = inject('additivePrograms')
const run = promisify(execFile)
const script = (name: string) => join(repositoryRoot, 'stack/elasticsearch', name)

/** The last millisecond of a day (UTC), and the first of the next. */
const LAST = Date.UTC(2026, 10, 20, 23, 59, 59, 999)
/** With all that JSON, a shell and HTTP might trip over. */
const password = 'a "\\\'$1: b'
const writer = { CLEW_ELASTICSEARCH_USER: 'clew', CLEW_ELASTICSEARCH_PASSWORD: 'c "\\\'1: d' }
const TRACE = '0af7651916cd43dd8448eb211c80319c'

describe.skipIf(programs.collector === '' || programs.elasticsearch === '')('elasticsearch.yaml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clew-elasticsearch-'))
  /** Not in a folder of root's: Elasticsearch runs as somebody else. */
  const serverFolders: string[] = []
  const serverFolder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'clew-elasticsearch-server-'))
    serverFolders.push(made)
    return made
  }
  const role = JSON.parse(readFileSync(script('role.json'), 'utf8')) as object
  const server = () => ({
    program: programs.elasticsearch,
    dataDir: serverFolder(),
    password,
    users: [{ name: 'clew', password: writer.CLEW_ELASTICSEARCH_PASSWORD, role }],
    // What comes before the templates is refused, and must wait; and there is no room for a stream of each class.
    settings: ['action.auto_create_index: "-logs-*,+*"', 'cluster.max_shards_per_node: 3'],
  })
  let elasticsearch: Elasticsearch
  let collector: Collector
  beforeAll(async () => {
    elasticsearch = await startElasticsearch(server())
    collector = await start()
    await postLogs(collector.endpoint, ...records)
    // ILM is not in this Elasticsearch; the second run shows that it may be run again.
    for (let round = 0; round < 2; round++) await setUp()
    await eventually(
      'all records',
      async () => ((await search({ match_all: {} })).length === records.length ? true : undefined),
      60_000,
    )
  }, 300_000)
  afterAll(async () => {
    await collector?.stop()
    await elasticsearch?.stop()
    for (const made of [folder, ...serverFolders]) rmSync(made, { recursive: true, force: true })
  })

  const start = (): Promise<Collector> =>
    startCollector({
      program: programs.collector,
      dataDir: folder,
      further: [join(repositoryRoot, 'stack/collector/elasticsearch.yaml')],
      env: { ...writer, CLEW_ELASTICSEARCH_ENDPOINT: elasticsearch.url },
      ports: collector?.ports,
    })
  const environment = () => ({
    ...process.env,
    CLEW_ELASTICSEARCH_ENDPOINT: elasticsearch.url,
    CLEW_ELASTICSEARCH_LIFECYCLE: 'false',
    ELASTIC_PASSWORD: password,
  })
  const setUp = () => run(script('setup.sh'), { env: environment() })
  const request = (path: string, options: RequestInit = {}, user = `elastic:${password}`) => {
    const authorization = `Basic ${Buffer.from(user).toString('base64')}`
    const headers = { authorization, 'content-type': 'application/json' }
    return fetch(`${elasticsearch.url}/${path}`, { ...options, headers })
  }
  const search = async (query: object): Promise<Hit[]> => {
    await request('logs-*/_refresh', { method: 'POST' })
    const answer = await request('logs-*/_search', {
      method: 'POST',
      body: JSON.stringify({ query, size: 200, sort: ['@timestamp'] }),
    })
    return answer.ok ? ((await answer.json()) as { hits: { hits: Hit[] } }).hits.hits : []
  }

  it('puts each record, once, into the day and class that it belongs to', async () => {
    const found = (await search({ match_all: {} })).map((hit) => [text(hit), streamOf(hit)])
    expect(Object.fromEntries(found)).toEqual({
      'info at the end': 'logs-info-2026.11.20',
      'info of the next day': 'logs-info-2026.11.21',
      'an error': 'logs-error-2026.11.20',
      'a critical error': 'logs-error-2026.11.21',
      'a warning': 'logs-warning-2026.11.20',
      'a trace': 'logs-debug-2026.11.20',
      'no level': 'logs-info-2026.11.20',
      'an error for the audit': 'logs-audit-2026.11.20',
      'a number in words': 'logs-info-2026.11.20',
    })
    expect(found).toHaveLength(records.length)
  })

  it('has room for every day, leaves a higher limit as it is, and makes no replicas', async () => {
    const limit = async () => {
      const answer = await request('_cluster/settings?flat_settings=true')
      return ((await answer.json()) as { persistent: Record<string, string> }).persistent
    }
    expect(await limit()).toEqual({ 'cluster.max_shards_per_node': '1957' })
    const persistent = { 'cluster.max_shards_per_node': '5000' }
    await request('_cluster/settings', { method: 'PUT', body: JSON.stringify({ persistent }) })
    await setUp()
    expect(await limit()).toEqual(persistent)
    const answer = await request('logs-*/_settings/index.number_of_replicas?flat_settings=true')
    const settings = Object.values((await answer.json()) as Record<string, unknown>)
    expect(settings.length).toBeGreaterThan(5)
    expect(new Set(settings.map((each) => JSON.stringify(each)))).toEqual(
      new Set(['{"settings":{"index.number_of_replicas":"0"}}']),
    )
  })

  it('takes replicas from a template of the user’s', async () => {
    const template = { settings: { index: { number_of_replicas: 1 } } }
    await request('_component_template/clew-logs@custom', { method: 'PUT', body: JSON.stringify({ template }) })
    const answer = await request('_index_template/_simulate_index/logs-info-2001.01.01', { method: 'POST' })
    expect(await answer.json()).toMatchObject({ template: { settings: { index: { number_of_replicas: '1' } } } })
  })

  it('writes documents as OpenTelemetry names things, without the attributes that route', async () => {
    const [hit] = await search({ term: { trace_id: TRACE } })
    expect(hit).toMatchObject({
      _id: 'uid-info-end',
      _source: {
        '@timestamp': `${LAST}.0`,
        severity_text: 'INFO',
        severity_number: 9,
        trace_id: TRACE,
        span_id: 'b7ad6b7169203331',
        body: { text: 'info at the end' },
        resource: { attributes: { 'service.name': 'stack-test' } },
      },
    })
    expect(hit?._source['attributes']).toEqual({
      'session.id': 's-1',
      'log.record.uid': 'uid-info-end',
      'http.response.status_code': 200,
    })
  })

  it.each([
    ['a trace', { term: { trace_id: TRACE } }, ['info at the end']],
    ['a session', { term: { 'session.id': 's-1' } }, ['info at the end']],
    ['a level', { term: { level: 'CRITICAL' } }, ['a critical error']],
    ['a word of the message', { match: { message: 'audit' } }, ['an error for the audit']],
    ['a word of a stack trace', { match: { 'exception.stacktrace': 'checkout.ts' } }, ['an error']],
    ['a number', { range: { 'http.response.status_code': { gte: 200, lt: 300 } } }, ['info at the end']],
    ['a day', { range: { '@timestamp': { gte: '2026-11-21' } } }, ['a critical error', 'info of the next day']],
    ['words of Kibana', { query_string: { query: 'session.id:s-1 AND level:INFO' } }, ['info at the end']],
  ])('finds by %s', async (_, query, expected) => {
    expect((await search(query)).map(text).sort()).toEqual(expected)
  })

  it('lets the collector’s user write, and neither read nor delete nor write elsewhere', async () => {
    const as = async (path: string, method: string, body?: string) =>
      (
        await request(
          path,
          { method, ...(body === undefined ? {} : { body }) },
          `clew:${writer.CLEW_ELASTICSEARCH_PASSWORD}`,
        )
      ).status
    const document = JSON.stringify({ '@timestamp': new Date(LAST).toISOString() })
    expect(await as('logs-*/_search', 'GET')).toBe(403)
    expect(await as('logs-info-2026.11.20/_delete_by_query', 'POST', '{"query":{"match_all":{}}}')).not.toBe(200)
    expect(await as('other/_doc', 'POST', document)).toBe(403)
  })

  it('takes a value of another kind than its field’s, which can’t be searched then', async () => {
    const [hit] = await search({ exists: { field: '_ignored' } })
    expect(hit).toMatchObject({ _source: { attributes: { 'http.response.status_code': 'teapot' } } })
  })

  it('keeps what comes while Elasticsearch is down, beyond the collector’s own end, and stores what is sent twice once', async () => {
    const { ports } = elasticsearch
    await elasticsearch.kill()
    const late = uid(record(9, 'said meanwhile'), 'uid-late')
    await postLogs(collector.endpoint, late)
    await collector.kill()
    collector = await start()
    await postLogs(collector.endpoint, late)
    elasticsearch = await startElasticsearch({ ...server(), ports })
    await setUp()

    const ask = async () => (await search({ term: { 'log.record.uid': 'uid-late' } })).map(text)
    await eventually('the record', async () => ((await ask()).length > 0 ? true : undefined), 90_000)
    await queueIsEmpty(collector)
    expect(await ask()).toEqual(['said meanwhile'])
  })

  it('takes a record as large as senders may send', async () => {
    await postLogs(collector.endpoint, record(9, 'x'.repeat(8_000_000)))
    const found = await eventually(
      'the large record',
      async () =>
        (await search({ range: { '@timestamp': { gte: 'now-5m' } } })).find((hit) => text(hit).startsWith('xxx')),
      60_000,
    )
    expect(text(found)).toHaveLength(8_000_000)
  })

  it('tells which days are too old where there is no ILM', async () => {
    await postLogs(collector.endpoint, ...records)
    await eventually(
      'all records',
      async () => ((await search({ match_all: {} })).length > records.length ? true : undefined),
      60_000,
    )
    const tooOld = async (today: string) => {
      const { stdout } = await run(script('delete-old-days.sh'), ['--dry-run'], {
        env: { ...environment(), CLEW_TODAY: today },
      })
      return stdout.split('\n').filter((line) => line !== '')
    }
    expect(await tooOld('2026-11-27')).toEqual([])
    expect(await tooOld('2026-11-28')).toEqual(['logs-debug-2026.11.20'])
    expect(await tooOld('2026-12-21')).toEqual(['logs-debug-2026.11.20', 'logs-info-2026.11.20'])
    expect(await tooOld('2027-11-20')).not.toContain('logs-audit-2026.11.20')
    expect(await tooOld('2027-11-21')).toContain('logs-audit-2026.11.20')
  })
})

const records: readonly FileRecord[] = [
  {
    ...at(
      LAST,
      uid(
        record(9, 'info at the end', [{ key: 'session.id', value: string('s-1') }, status({ intValue: '200' })]),
        'uid-info-end',
      ),
    ),
    traceId: TRACE,
    spanId: 'b7ad6b7169203331',
  },
  at(LAST + 1, record(9, 'info of the next day')),
  at(LAST, record(17, 'an error', [{ key: 'exception.stacktrace', value: string('Error: no\n  at checkout.ts:3') }])),
  at(LAST + 1, record(21, 'a critical error')),
  at(LAST, record(13, 'a warning')),
  at(LAST, record(1, 'a trace')),
  at(LAST, record(0, 'no level')),
  at(LAST, record(17, 'an error for the audit', [{ key: 'clew.channel', value: string('audit') }])),
  at(LAST, record(9, 'a number in words', [status(string('teapot'))])),
]

function at(millis: number, each: FileRecord): FileRecord {
  return { ...each, timeUnixNano: `${millis}004999` }
}

function uid(each: FileRecord, value: string): FileRecord {
  return { ...each, attributes: [...(each.attributes ?? []), { key: 'log.record.uid', value: string(value) }] }
}

function status(value: KeyValue['value']): KeyValue {
  return { key: 'http.response.status_code', value }
}

async function queueIsEmpty(collector: Collector): Promise<void> {
  await eventually(
    'an empty queue',
    async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${collector.ports.ownMetrics}/metrics`)).text()
      return /^otelcol_exporter_queue_size\{.*exporter="elasticsearch".*\} 0$/m.test(metrics) ? true : undefined
    },
    60_000,
  )
}

interface Hit {
  readonly _index: string
  readonly _id: string
  readonly _source: Readonly<Record<string, unknown>> & { readonly body: { readonly text: string } }
}

function text(hit: Hit): string {
  return hit._source.body.text
}

/** The data stream of an index behind one: `.ds-logs-info-2026.11.20-2026.11.22-000001`. */
function streamOf(hit: Hit): string {
  return hit._index.replace(/^\.ds-(.*)-[\d.]{10}-\d+$/, '$1')
}
