const PAGE = 1000
const AT_ONCE = 4

/** What the proof reads of a stored record; docs/log-api.md has it all. */
export interface StoredRecord {
  readonly id: string
  readonly level: string
  readonly component: string
  readonly operation: string | null
  readonly message: string
  readonly event: string | null
  readonly session_id: string | null
  readonly user_id: string | null
  readonly request_id: string | null
  readonly trace_id: string | null
  readonly span_id: string | null
  readonly path: string | null
  readonly status_code: number | null
  readonly error: { readonly type: string; readonly message: string; readonly stack: string | null } | null
  readonly metadata: Readonly<Record<string, unknown>>
}

/** What the proof reads of a stored span. */
export interface StoredSpan {
  readonly span_id: string
  readonly name: string
  readonly kind: string
  readonly scope: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** What the log API says is stored. */
export interface Evidence {
  readonly records: readonly StoredRecord[]
  /** Spans by trace id and span id (`trace/span`). */
  readonly spans: ReadonlyMap<string, StoredSpan>
  readonly traces: number
}

/** Reads every record of a service by search, page after page, and every trace that a record names. */
export async function readEvidence(apiUrl: string, service: string): Promise<Evidence> {
  const records = await allRecords(apiUrl, service)
  const traceIds = [...new Set(records.map((record) => record.trace_id).filter((id) => id !== null))]
  const spans = new Map<string, StoredSpan>()
  let traces = 0
  const waiting = traceIds.values()
  const read = async (): Promise<void> => {
    for (const traceId of waiting) {
      const found = await spansOf(apiUrl, traceId)
      if (found.length > 0) traces++
      for (const span of found) spans.set(`${traceId}/${span.span_id}`, span)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, read))
  return { records, spans, traces }
}

async function allRecords(apiUrl: string, service: string): Promise<StoredRecord[]> {
  const records: StoredRecord[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const query = new URLSearchParams({ service, limit: String(PAGE), ...(cursor === '' ? undefined : { cursor }) })
    const page = await fetch(`${apiUrl}/api/v1/logs/search?${query.toString()}`)
    const answer = (await answerOf(page)) as { records: StoredRecord[]; next_cursor: string | null }
    records.push(...answer.records)
    cursor = answer.next_cursor
  }
  return records
}

/** The spans of a trace; none when the trace is not known. */
async function spansOf(apiUrl: string, traceId: string): Promise<StoredSpan[]> {
  const response = await fetch(`${apiUrl}/api/v1/traces/${traceId}`)
  if (response.status === 404) {
    await response.arrayBuffer()
    return []
  }
  return ((await answerOf(response)) as { spans: StoredSpan[] }).spans
}

async function answerOf(response: Response): Promise<unknown> {
  if (response.ok) return response.json()
  throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`)
}
