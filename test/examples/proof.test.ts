import { describe, expect, it } from 'vitest'
import type { Evidence, StoredRecord, StoredSpan } from '../../examples/demo/log-api.ts'
import { PASSWORD } from '../../examples/demo/interview.ts'
import { missing, proofTable } from '../../examples/demo/proof-table.ts'
import { prove } from '../../examples/demo/proof.ts'
import { Tally } from '../../examples/demo/tally.ts'

const tally = new Tally()
tally.requests.push({
  id: 'r1',
  method: 'POST',
  route: '/sessions',
  path: '/sessions',
  status: 201,
  user: 'ada',
  session: 's1',
})
const answer: StoredRecord = {
  id: '1',
  level: 'INFO',
  component: 'http',
  operation: null,
  message: 'request completed',
  event: 'API_REQUEST',
  session_id: 's1',
  user_id: 'ada',
  request_id: 'r1',
  trace_id: 't1',
  span_id: 'a1',
  path: '/sessions',
  status_code: 201,
  error: null,
  metadata: {},
}
const served: StoredSpan = {
  span_id: 'a1',
  name: 'POST /sessions',
  kind: 'SERVER',
  scope: 'http',
  attributes: { 'clew.request.id': 'r1', 'url.path': '/sessions', 'http.response.status_code': 201 },
}
const complete: Evidence = { records: [answer], spans: new Map([['t1/a1', served]]), traces: 1 }

function provenOf(evidence: Partial<Evidence>) {
  return prove(tally, { ...complete, ...evidence }, false)
}

describe('the proof of the demo', () => {
  it('holds when all that was sent is stored, once', () => {
    const proof = provenOf({})

    expect(proof).toMatchObject({ holds: true, lost: 0, surplus: 0, stored: { logs: 1, spans: 1, traces: 1 } })
    expect(missing(proof)).toStrictEqual([])
    expect(proofTable(proof, false)).toContain('✓ 1 records, 1 spans, 1 traces stored; lost 0, too many 0')
  })

  it('does not hold when a record is lost, and names it', () => {
    const proof = provenOf({ records: [] })

    expect(proof).toMatchObject({ holds: false, lost: 1 })
    expect(missing(proof)[0]).toBe('requests, POST /sessions → 201: 1 logs missing')
    expect(proofTable(proof, false)).toContain('✗ 1 logs missing')
  })

  it('does not hold when a span is lost: its records lead nowhere', () => {
    const proof = provenOf({ spans: new Map() })

    expect(missing(proof)).toStrictEqual([
      'requests, POST /sessions → 201: 1 spans missing',
      'correlation, records that lead to their span: 1 spans missing',
    ])
  })

  it('does not hold when a record is stored twice', () => {
    expect(provenOf({ records: [answer, answer] })).toMatchObject({ holds: false, lost: 0, surplus: 1 })
  })

  it('does not hold when a request carries the user of another', () => {
    const proof = provenOf({ records: [{ ...answer, user_id: 'eve' }] })

    expect(proof).toMatchObject({ holds: false, lost: 0 })
    expect(missing(proof)).toStrictEqual(['requests, with their own user and session: 1 logs missing'])
  })

  it('does not hold when a password is found', () => {
    const proof = provenOf({ records: [{ ...answer, metadata: { body: `password=${PASSWORD}` } }] })

    expect(missing(proof)).toStrictEqual(['privacy, passwords found: 1 logs too many'])
  })

  it('does not hold when the load itself failed', () => {
    const troubled = new Tally()
    troubled.troubles.push('interview 3: Error: no answer')

    const proof = prove(troubled, { records: [], spans: new Map(), traces: 0 }, false)
    expect(proof.holds).toBe(false)
    expect(missing(proof)).toStrictEqual(['interview 3: Error: no answer'])
  })
})
