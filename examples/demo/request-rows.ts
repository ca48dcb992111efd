import type { Evidence, StoredRecord } from './log-api.ts'
import { ownEvidence } from './own-evidence.ts'
import type { ProofRow } from './proof.ts'
import type { SentRequest, Tally } from './tally.ts'

/** The rows about HTTP requests: one for each route and status that the driver saw, and one about whose they were. */
export function requestRows(tally: Tally, evidence: Evidence): ProofRow[] {
  const own = ownEvidence(tally, evidence)
  const answers = own.records.filter(({ event }) => event === 'API_REQUEST')
  const records = counts(answers, (record) => [record.request_id, record.path, record.status_code])
  const spans = counts(
    own.spans.filter(({ kind, scope }) => kind === 'SERVER' && scope === 'http'),
    ({ attributes: of }) => [of['clew.request.id'], of['url.path'], of['http.response.status_code']],
  )
  const rows = [...Map.groupBy(tally.requests, ({ method, route, status }) => `${method} ${route} → ${status}`)]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, sent]) => ({
      group: 'requests',
      name,
      expected: sent.length,
      logs: found(sent, records),
      spans: found(sent, spans),
    }))
  return [...rows, identityRow(tally, answers)]
}

function counts<T>(all: readonly T[], parts: (one: T) => readonly unknown[]): Map<string, number> {
  const counted = new Map<string, number>()
  for (const one of all) {
    const key = parts(one).join(' ')
    counted.set(key, (counted.get(key) ?? 0) + 1)
  }
  return counted
}

function found(sent: readonly SentRequest[], counted: ReadonlyMap<string, number>): number {
  return sent.reduce((total, { id, path, status }) => total + (counted.get(`${id} ${path} ${status}`) ?? 0), 0)
}

/** Requests run at the same time; none may carry the user or the session of another. */
function identityRow(tally: Tally, answers: readonly StoredRecord[]): ProofRow {
  const sent = new Map(tally.requests.map((request) => [`${request.id} ${request.path}`, request]))
  const right = answers.filter((record) => {
    const request = sent.get(`${record.request_id} ${record.path}`)
    if (request === undefined) return false
    return record.user_id === (request.user ?? null) && record.session_id === (request.session ?? null)
  })
  const name = 'with their own user and session'
  return { group: 'requests', name, expected: sent.size, logs: right.length, contents: true }
}
