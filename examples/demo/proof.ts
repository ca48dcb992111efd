import { setTimeout as delay } from 'node:timers/promises'
import { PASSWORD } from './interview.ts'
import { type Evidence, readEvidence, type StoredRecord, type StoredSpan } from './log-api.ts'
import { requestRows } from './request-rows.ts'
import { socketRows } from './socket-rows.ts'
import type { Tally } from './tally.ts'
import { workRows } from './work-rows.ts'

const ARRIVE_MILLIS = 15_000
const LOOK_AGAIN_MILLIS = 250
const SERVICE = 'interviews'

/** One thing that was done, and how often it is found again. A kind that has no records or no spans leaves that side out. */
export interface ProofRow {
  readonly group: string
  readonly name: string
  readonly expected: number
  readonly logs?: number
  readonly spans?: number
  /** It looks into records and spans that another row has counted already. */
  readonly contents?: true
}

/** What was sent, against what is stored. */
export interface Proof {
  readonly rows: readonly ProofRow[]
  readonly holds: boolean
  readonly lost: number
  readonly surplus: number
  readonly stored: { readonly logs: number; readonly spans: number; readonly traces: number }
  /** What went wrong with the load itself. */
  readonly troubles: readonly string[]
}

/** Looks into the log API until everything has arrived, or for a bounded time. */
export async function awaitProof(apiUrl: string, tally: Tally, withRedis: boolean, stop: AbortSignal): Promise<Proof> {
  const deadline = Date.now() + ARRIVE_MILLIS
  for (;;) {
    const proof = prove(tally, await readEvidence(apiUrl, SERVICE), withRedis)
    if (proof.holds || Date.now() > deadline) return proof
    await delay(LOOK_AGAIN_MILLIS, undefined, { signal: stop })
  }
}

/** Compares. What is expected comes from the load driver alone, what is found from the log API alone. */
export function prove(tally: Tally, evidence: Evidence, withRedis: boolean): Proof {
  const rows = [
    ...requestRows(tally, evidence),
    ...workRows(tally, evidence, withRedis),
    ...socketRows(tally, evidence),
    correlationRow(tally, evidence),
    secretRow(evidence),
  ]
  const counted = rows.filter(({ contents }) => contents === undefined).flatMap(gaps)
  return {
    rows,
    holds: rows.flatMap(gaps).every((gap) => gap === 0) && tally.troubles.length === 0,
    lost: sum(counted.filter((gap) => gap > 0)),
    surplus: Math.abs(sum(counted.filter((gap) => gap < 0))),
    stored: { logs: evidence.records.length, spans: evidence.spans.size, traces: evidence.traces },
    troubles: tally.troubles,
  }
}

/** What is missing on either side; negative for what is too many. */
function gaps({ expected, logs = expected, spans = expected }: ProofRow): number[] {
  return [expected - logs, expected - spans]
}

/** Every record that was said in one of the driver's requests or sessions must lead to a span that is stored. */
function correlationRow(tally: Tally, { records, spans }: Evidence): ProofRow {
  const requests = new Set(tally.requests.map(({ id }) => id))
  const sessions = new Set(tally.sockets.map(({ session }) => session))
  const inside = records.filter(
    (record) => requests.has(record.request_id ?? '') || sessions.has(record.session_id ?? ''),
  )
  const leading = inside.filter((record) => spanOf(record, spans) !== undefined)
  const expected = Math.max(inside.length, requests.size + sessions.size)
  return {
    group: 'correlation',
    name: 'records that lead to their span',
    expected,
    logs: inside.length,
    spans: leading.length,
    contents: true,
  }
}

function secretRow({ records, spans }: Evidence): ProofRow {
  const logs = records.filter(holdsPassword).length
  return {
    group: 'privacy',
    name: 'passwords found',
    expected: 0,
    logs,
    spans: [...spans.values()].filter(holdsPassword).length,
    contents: true,
  }
}

function holdsPassword(stored: StoredRecord | StoredSpan): boolean {
  return JSON.stringify(stored).includes(PASSWORD)
}

function spanOf(record: StoredRecord, spans: Evidence['spans']): StoredSpan | undefined {
  return spans.get(`${record.trace_id}/${record.span_id}`)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
