import type { Session, SessionActivity, SessionAnswer, SessionState, SessionTraffic } from '../api/contract.ts'
import { countText } from '../text/count.ts'

/** A bar on the axis; all in parts of the whole. */
export interface TimeBar {
  readonly x: number
  readonly width: number
  readonly height: number
  readonly text: string
}

/** One kind of thing over time. */
export interface TimeLane {
  readonly name: string
  readonly kind: 'in' | 'out' | 'operations' | 'redis' | 'logs' | 'errors'
  readonly total: number
  readonly bars: readonly TimeBar[]
}

/** One connection on the axis. */
export interface TimeSpan {
  readonly key: string
  readonly x: number
  readonly width: number
  readonly state: SessionState
  readonly role: string | null
}

/** A session's life on one axis, from its first to its last sign. */
export interface TimeLine {
  readonly from: number
  readonly to: number
  readonly spans: readonly TimeSpan[]
  readonly lanes: readonly TimeLane[]
}

type Count = 'logs' | 'errors' | 'operations' | 'redis'

const LEAST_HEIGHT = 0.12

/** Lays a life out; undefined while there is nothing to lay out. */
export function timeLine(answer: SessionAnswer, now: number): TimeLine | undefined {
  const { statistics, sessions } = answer
  if (!statistics) return undefined
  const { buckets, interval_ms } = statistics.activity
  const starts = [...sessions.map(({ began }) => Date.parse(began)), ...buckets.map(({ time }) => Date.parse(time))]
  const ends = [
    ...sessions.map((session) => endOf(session, now)),
    ...buckets.map(({ time }) => Date.parse(time) + interval_ms),
  ]
  const from = starts.reduce((least, one) => Math.min(least, one), Infinity)
  if (!Number.isFinite(from)) return undefined
  const to = ends.reduce((most, one) => Math.max(most, one), from + 1)
  const place = (start: number, end: number) => ({
    x: (start - from) / (to - from),
    width: (end - start) / (to - from),
  })
  const spans = sessions.map((session) => ({
    key: `${session.span_id} ${session.began}`,
    ...place(Date.parse(session.began), endOf(session, now)),
    state: session.state,
    role: session.role,
  }))
  const traffic = trafficOfOneSide(statistics.traffic, sessions)
  const counted = (name: string, kind: Count) =>
    bucketLane(name, kind, buckets, (start) => place(start, start + interval_ms))
  const moved = (name: string, kind: 'in' | 'out') => trafficLane(name, kind, traffic, place)
  const lanes = [
    moved('Messages in', 'in'),
    moved('Messages out', 'out'),
    counted('Operations', 'operations'),
    counted('Redis', 'redis'),
    counted('Logs', 'logs'),
    counted('Errors', 'errors'),
  ]
  return { from, to, spans, lanes }
}

function endOf(session: Session, now: number): number {
  return session.state === 'open' ? Math.max(now, Date.parse(session.began)) : Date.parse(session.last_sign_of_life)
}

/** Both ends count the same messages: the server's count, where there is one. */
function trafficOfOneSide(traffic: readonly SessionTraffic[], sessions: readonly Session[]): readonly SessionTraffic[] {
  const servers = new Set(sessions.filter(({ role }) => role === 'server').map(({ span_id }) => span_id))
  const ofServers = traffic.filter(({ span_id }) => servers.has(span_id))
  return ofServers.length > 0 ? ofServers : traffic
}

function trafficLane(
  name: string,
  kind: 'in' | 'out',
  traffic: readonly SessionTraffic[],
  place: (start: number, end: number) => { x: number; width: number },
): TimeLane {
  const countOf = (step: SessionTraffic) => (kind === 'in' ? step.messages_received : step.messages_sent)
  const rates = traffic.map((step) => countOf(step) / Math.max(1, Date.parse(step.to) - Date.parse(step.from)))
  const most = rates.reduce((highest, rate) => Math.max(highest, rate), 0)
  const bars = traffic.flatMap((step, index) => {
    const count = countOf(step)
    if (count === 0) return []
    const height = Math.max(LEAST_HEIGHT, (rates[index] ?? 0) / most)
    const seconds = (Date.parse(step.to) - Date.parse(step.from)) / 1_000
    const rate = seconds >= 1 ? `, ${(count / seconds).toPrecision(2)}/s` : ''
    return [{ ...place(Date.parse(step.from), Date.parse(step.to)), height, text: `${countText(count)}${rate}` }]
  })
  return { name, kind, bars, total: traffic.reduce((sum, step) => sum + countOf(step), 0) }
}

function bucketLane(
  name: string,
  kind: Count,
  buckets: readonly SessionActivity[],
  place: (start: number) => { x: number; width: number },
): TimeLane {
  const most = buckets.reduce((highest, bucket) => Math.max(highest, bucket[kind]), 0)
  const bars = buckets.flatMap((bucket) => {
    const count = bucket[kind]
    if (count === 0) return []
    return [{ ...place(Date.parse(bucket.time)), height: Math.max(LEAST_HEIGHT, count / most), text: countText(count) }]
  })
  return { name, kind, bars, total: buckets.reduce((sum, bucket) => sum + bucket[kind], 0) }
}
