import { describe, expect, inject, it } from 'vitest'
import type { SentRequest } from '../../../examples/demo/tally.ts'
import { ask, logCounts, promql, total } from '../support/queries.ts'

const stack = inject('wholeStack')

describe.skipIf(stack === undefined)('what the load driver did', () => {
  const { prometheus = '', loki = '', interviews = [] } = stack ?? {}
  const requests = interviews.flatMap((round) => round.requests)

  it('is in Prometheus, by route and status, to the request', async () => {
    const counts = await promql(
      prometheus,
      'sum by (http_request_method, http_route, http_response_status_code) (http_server_request_duration_seconds_count{job="interviews"})',
      stack?.settled,
    )
    const found = counts.map(({ labels, value }) => [
      `${labels['http_request_method']} ${labels['http_route'] ?? ''} ${labels['http_response_status_code']}`,
      value,
    ])
    expect(Object.fromEntries(found)).toMatchObject(countsOf(requests))
  })

  it('is in Loki, a closing record a request', async () => {
    const counts = await logCounts(
      loki,
      'sum by (http_request_method, http_route, http_response_status_code) (count_over_time({service_name="interviews"} | event_name="API_REQUEST" [1h]))',
    )
    const found = counts.map(({ labels, value }) => [
      `${labels['http_request_method']} ${labels['http_route'] ?? ''} ${labels['http_response_status_code']}`,
      value,
    ])
    expect(Object.fromEntries(found)).toMatchObject(countsOf(requests))
  })

  it('is in the metrics that the collector counts of spans', async () => {
    const calls = await promql(
      prometheus,
      'sum(traces_span_metrics_calls_total{service_name="interviews", span_kind="SPAN_KIND_SERVER", http_route="/sessions/:id/answers"})',
      stack?.settled,
    )
    expect(total(calls)).toBe(requests.filter(({ route }) => route === '/sessions/:id/answers').length)
  })

  it('has exemplars, whose traces Tempo knows', async () => {
    const now = Date.now() / 1000
    const series = await ask<readonly Exemplars[]>(`${prometheus}/api/v1/query_exemplars`, {
      query: 'http_server_request_duration_seconds_bucket{job="interviews"}',
      start: String(now - 3600),
      end: String(now),
    })
    const traces = new Set(series.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels['trace_id'] ?? '')))
    expect(traces.size).toBeGreaterThan(0)
    for (const trace of [...traces].slice(0, 5)) {
      const answer = await fetch(`${stack?.tempo}/api/traces/${trace}`)
      expect(answer.status).toBe(200)
    }
  })
})

function countsOf(requests: readonly SentRequest[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { method, route, status } of requests) {
    const key = `${method} ${route} ${status}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

interface Exemplars {
  readonly exemplars: readonly { readonly labels: Readonly<Record<string, string>> }[]
}
