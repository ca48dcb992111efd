import { describe, expect, inject, it } from 'vitest'
import { parseLines } from '../../examples/recruiting-told.ts'
import { eventually } from '../support/eventually.ts'
import { spansIn } from '../support/otlp-files.ts'
import { getJson } from '../support/queries.ts'
import { tempoSpans } from '../support/tempo-trace.ts'

const stack = inject('wholeStack')

describe.skipIf(stack === undefined)('the trace of a record', () => {
  const { tempo = '', filesDir = '', recruiting = { lines: '' } } = stack ?? {}
  const lines = recruiting.lines === '' ? [] : parseLines(recruiting.lines)
  const traces = [...new Set(lines.flatMap((line) => (line['trace_id'] as string | undefined) ?? []))]

  it('is in Tempo by its id, with every span that is in the collector’s file', async () => {
    const kept = spansIn(filesDir)
    expect(traces.length).toBeGreaterThan(10)
    for (const traceId of traces) {
      const expected = kept.filter((span) => span.traceId === traceId).map(({ spanId, name }) => `${spanId} ${name}`)
      await eventually(`the ${expected.length} spans of ${traceId}`, async () => {
        const found = (await tempoSpans(tempo, traceId)).map(({ spanId, name }) => `${spanId} ${name}`)
        return found.length >= expected.length && found.sort().join() === expected.sort().join() ? true : undefined
      })
    }
  })

  it('is found by TraceQL', async () => {
    const record = lines.find((line) => line['route'] === '/login' && line['status_code'] === 401)
    const query =
      '{ resource.service.name = "recruiting" && span.http.route = "/login" && span.http.response.status_code = 401 }'
    const trace = await eventually('it', async () => {
      const search = new URLSearchParams({ q: query, limit: '100' }).toString()
      const { traces: found } = await getJson<{ traces?: { traceID: string }[] }>(`${tempo}/api/search?${search}`)
      // Tempo writes ids without leading zeros here.
      return found?.map(({ traceID }) => traceID.padStart(32, '0')).find((id) => id === record?.['trace_id'])
    })
    expect(trace).toMatch(/^[0-9a-f]{32}$/)
  })

  it('has the span that the record was said in', () => {
    const spans = new Set(spansIn(filesDir).map(({ traceId, spanId }) => `${traceId}/${spanId}`))
    const inSpans = lines.filter((line) => line['span_id'] !== undefined)
    expect(inSpans.length).toBeGreaterThan(50)
    expect(inSpans.filter((line) => !spans.has(`${String(line['trace_id'])}/${String(line['span_id'])}`))).toEqual([])
  })
})
