import type { StoredLog } from '../stored-log.ts'
import type { SessionTraffic, StoredSession } from './stored-session.ts'
import { SESSION_ATTRIBUTES } from './websocket-fields.ts'

const MAX_STEPS = 500
const COUNTS = {
  messages_received: SESSION_ATTRIBUTES.messagesReceived,
  messages_sent: SESSION_ATTRIBUTES.messagesSent,
  bytes_received: SESSION_ATTRIBUTES.bytesReceived,
  bytes_sent: SESSION_ATTRIBUTES.bytesSent,
} as const
const KEYS = Object.keys(COUNTS) as (keyof typeof COUNTS)[]

/** Messages over time, from records that tell the counts so far: what came between each two of one side, the first since its beginning. At most {@link MAX_STEPS}, then longer ones. */
export function sessionTraffic(told: readonly StoredLog[], sessions: readonly StoredSession[]): SessionTraffic[] {
  const began = new Map(sessions.map((session) => [session.span_id, session.began]))
  const steps: SessionTraffic[] = []
  for (const [spanId, records] of Map.groupBy(told, (record) => record.span_id)) {
    const inOrder = records.filter(tellsCounts).toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
    let before: StoredLog | undefined
    for (const record of inOrder) {
      steps.push(step(spanId, before?.timestamp ?? began.get(spanId) ?? record.timestamp, record, before))
      before = record
    }
  }
  return shortened(steps).toSorted((a, b) => (a.to < b.to ? -1 : a.to > b.to ? 1 : 0))
}

function tellsCounts({ metadata }: StoredLog): boolean {
  return KEYS.every((key) => typeof metadata[COUNTS[key]] === 'number')
}

function step(span_id: string | null, from: string, to: StoredLog, before: StoredLog | undefined): SessionTraffic {
  const grown = (key: keyof typeof COUNTS): number =>
    Math.max(0, (to.metadata[COUNTS[key]] as number) - ((before?.metadata[COUNTS[key]] as number | undefined) ?? 0))
  return {
    span_id,
    from,
    to: to.timestamp,
    messages_received: grown('messages_received'),
    messages_sent: grown('messages_sent'),
    bytes_received: grown('bytes_received'),
    bytes_sent: grown('bytes_sent'),
  }
}

/** Neighbours of one side are put together until there are few enough. */
function shortened(steps: readonly SessionTraffic[]): SessionTraffic[] {
  let shown = [...steps]
  while (shown.length > MAX_STEPS) {
    const paired: SessionTraffic[] = []
    for (let at = 0; at < shown.length; at++) {
      const [one, next] = [shown[at] as SessionTraffic, shown[at + 1]]
      if (next?.span_id !== one.span_id) paired.push(one)
      else {
        paired.push(together(one, next))
        at++
      }
    }
    if (paired.length === shown.length) return paired
    shown = paired
  }
  return shown
}

function together(one: SessionTraffic, next: SessionTraffic): SessionTraffic {
  const sum = { ...one, to: next.to }
  for (const key of KEYS) sum[key] += next[key]
  return sum
}
