import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { parse } from 'yaml'
import { repositoryRoot } from '../../../stack/native/repository.ts'
import { eventually } from '../support/eventually.ts'
import { ask, getJson, logs, promql, total } from '../support/queries.ts'
import { tempoSpans, type TempoSpan } from '../support/tempo-trace.ts'

const stack = inject('wholeStack')
const provisioned = readFileSync(
  join(repositoryRoot, 'stack/grafana/provisioning/datasources/datasources.yaml'),
  'utf8',
)
const { datasources } = parse(provisioned) as { datasources: readonly DataSource[] }

describe.skipIf(stack === undefined)('the links of Grafana’s data sources, followed as Grafana would', () => {
  const { loki = '', tempo = '', prometheus = '' } = stack ?? {}

  it('a log line leads to its trace', async () => {
    const { derivedFields = [] } = settings('loki')
    const [line] = await logs(
      loki,
      '{service_name="interviews"} | event_name="API_REQUEST" | http_response_status_code="500"',
    )
    for (const field of derivedFields) {
      expect(field.matcherType).toBe('label')
      const value = line?.labels[field.matcherRegex]
      expect(value).toMatch(/^[0-9a-f]{32}$/)
      const query = unescaped(field.url).replace('${__value.raw}', String(value))
      expect(field.datasourceUid).toBe('tempo')
      await eventually('the trace', async () => ((await tempoSpans(tempo, query)).length > 0 ? true : undefined))
    }
    expect(derivedFields).not.toEqual([])
  })

  it('a span leads to the logs of its trace, and to no others', async () => {
    const { tracesToLogsV2 } = settings('tempo')
    const { traceId, resource } = await someTrace(loki, tempo)
    const found = await logs(
      loki,
      interpolated(tracesToLogsV2?.query ?? '', traceId, resource, tracesToLogsV2?.tags ?? []),
    )

    const all = await logs(loki, `{service_name="interviews"} | trace_id="${traceId}"`)
    expect(found.map(({ labels }) => labels['log_record_uid'])).toEqual(
      all.map(({ labels }) => labels['log_record_uid']),
    )
    expect(found.length).toBeGreaterThan(1)
    expect(tracesToLogsV2?.datasourceUid).toBe('loki')
  })

  it('a span leads to the metrics of what it did', async () => {
    const { tracesToMetrics } = settings('tempo')
    const { traceId, resource, root } = await someTrace(loki, tempo)
    expect(tracesToMetrics?.queries.length).toBeGreaterThan(0)
    for (const { query } of tracesToMetrics?.queries ?? []) {
      const values = { ...resource, ...attributesOf(root) }
      const text = interpolated(query, traceId, values, tracesToMetrics?.tags ?? []).replaceAll(
        '$__rate_interval',
        '10m',
      )
      const found = total(await promql(prometheus, text, stack?.settled))
      expect(found).toBeGreaterThan(0)
    }
    expect(tracesToMetrics?.datasourceUid).toBe('prometheus')
  })

  it('a point of a metric leads to its trace', async () => {
    const { exemplarTraceIdDestinations = [] } = settings('prometheus')
    const now = Date.now() / 1000
    const parameters = { query: 'http_server_request_duration_seconds_bucket', start: `${now - 3600}`, end: `${now}` }
    const series = await ask<readonly Exemplars[]>(`${prometheus}/api/v1/query_exemplars`, parameters)
    for (const { name, datasourceUid } of exemplarTraceIdDestinations) {
      expect(datasourceUid).toBe('tempo')
      const trace = series.flatMap(({ exemplars }) => exemplars).findLast(({ labels }) => labels[name] !== undefined)
      await eventually('the trace', async () => {
        const spans = await tempoSpans(tempo, trace?.labels[name] ?? '')
        return spans.length > 0 ? true : undefined
      })
    }
    expect(exemplarTraceIdDestinations).not.toEqual([])
  })

  it('Tempo answers the search that the links of dashboards use', async () => {
    const query = new URLSearchParams({ q: '{ resource.service.name = "interviews" && status = error }', limit: '20' })
    const { traces } = await getJson<{ traces: readonly unknown[] }>(`${tempo}/api/search?${query.toString()}`)
    expect(traces.length).toBeGreaterThan(0)
  })
})

/** A trace that has several logs: of a request that failed. */
async function someTrace(loki: string, tempo: string): Promise<{ traceId: string; resource: Values; root: TempoSpan }> {
  const query = '{service_name="interviews", level="ERROR"} | http_route="/sessions/:id/finish"'
  const traceId = (await logs(loki, query)).at(-1)?.labels['trace_id'] ?? ''
  const spans = await eventually('the trace', async () => {
    const found = await tempoSpans(tempo, traceId)
    return found.length > 0 ? found : undefined
  })
  const root = spans.find(({ name }) => name.startsWith('POST ')) as TempoSpan
  return { traceId, resource: { 'service.name': 'interviews' }, root }
}

/** As Grafana fills in a query of a link: `${__tags}` from the span and its resource, `${__trace.traceId}`. */
function interpolated(query: string, traceId: string, values: Values, tags: readonly Tag[]): string {
  const pairs = tags.flatMap(({ key, value }) => {
    const found = values[key]
    return found === undefined ? [] : [`${value === undefined || value === '' ? key : value}="${found}"`]
  })
  return unescaped(query).replaceAll('${__tags}', pairs.join(', ')).replaceAll('${__trace.traceId}', traceId)
}

/** `$$` is how a provisioning file writes `$`. */
function unescaped(text: string): string {
  return text.replaceAll('$$', '$')
}

function attributesOf(span: TempoSpan): Values {
  const pairs = (span.attributes ?? []).map(({ key, value }) => [key, String(Object.values(value)[0])] as const)
  return { ...Object.fromEntries(pairs), name: span.name }
}

function settings(uid: string): JsonData {
  const found = datasources.find((each) => each.uid === uid)
  if (found === undefined) throw new Error(`no data source ${uid}`)
  return found.jsonData
}

type Values = Readonly<Record<string, string>>

interface Tag {
  readonly key: string
  readonly value?: string
}

interface DataSource {
  readonly uid: string
  readonly jsonData: JsonData
}

interface JsonData {
  readonly derivedFields?: readonly { matcherType: string; matcherRegex: string; datasourceUid: string; url: string }[]
  readonly tracesToLogsV2?: { readonly datasourceUid: string; readonly query: string; readonly tags: readonly Tag[] }
  readonly tracesToMetrics?: {
    readonly datasourceUid: string
    readonly tags: readonly Tag[]
    readonly queries: readonly { readonly name: string; readonly query: string }[]
  }
  readonly exemplarTraceIdDestinations?: readonly { readonly name: string; readonly datasourceUid: string }[]
}

interface Exemplars {
  readonly exemplars: readonly { readonly labels: Readonly<Record<string, string>> }[]
}
