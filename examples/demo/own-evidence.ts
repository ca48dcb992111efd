import type { Evidence, StoredRecord, StoredSpan } from './log-api.ts'
import type { Tally } from './tally.ts'

/** What is stored of the driver's own requests: what carries an id that it sent. */
export interface OwnEvidence {
  readonly records: readonly StoredRecord[]
  readonly spans: readonly StoredSpan[]
}

/** The evidence about the requests of a tally. */
export function ownEvidence(tally: Tally, { records, spans }: Evidence): OwnEvidence {
  const ids = new Set(tally.requests.map(({ id }) => id))
  return {
    records: records.filter((record) => ids.has(record.request_id ?? '')),
    spans: [...spans.values()].filter(({ attributes }) => ids.has(String(attributes['clew.request.id']))),
  }
}
