/** What the tests read of a span in Tempo. Ids in hexadecimal. */
export interface TempoSpan {
  readonly traceId: string
  readonly spanId: string
  readonly name: string
  readonly attributes?: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
}

/** The spans of a trace by its id; none while Tempo does not know it. @throws when Tempo answers anything else */
export async function tempoSpans(tempo: string, traceId: string): Promise<TempoSpan[]> {
  const response = await fetch(`${tempo}/api/traces/${traceId}`, { headers: { accept: 'application/json' } })
  const text = await response.text()
  if (response.status === 404) return []
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`)
  const { batches } = JSON.parse(text) as Trace
  const spans = batches.flatMap((batch) => batch.scopeSpans.flatMap((scope) => scope.spans))
  return spans.map((span) => ({ ...span, traceId: hex(span.traceId), spanId: hex(span.spanId) }))
}

interface Trace {
  readonly batches: readonly { readonly scopeSpans: readonly { readonly spans: readonly TempoSpan[] }[] }[]
}

/** Ids come as bytes in base64. */
function hex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex')
}
