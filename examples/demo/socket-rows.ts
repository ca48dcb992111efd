import type { Evidence, StoredRecord } from './log-api.ts'
import type { ProofRow } from './proof.ts'
import type { Tally } from './tally.ts'

/** The rows about WebSocket sessions. */
export function socketRows(tally: Tally, evidence: Evidence): ProofRow[] {
  const held = new Map(tally.sockets.map((socket) => [socket.session, socket]))
  const records = evidence.records.filter(({ session_id: session }) => held.has(session ?? ''))
  const named = (event: string): StoredRecord[] => records.filter((record) => record.event === event)
  const ended = named('websocket.disconnected')
  const published = named('transcript.published')
  const spans = [...evidence.spans.values()].filter(
    ({ name, attributes }) => name === 'websocket session' && held.has(String(attributes['session.id'])),
  )
  return [
    { group: 'sockets', name: 'opened', expected: held.size, logs: named('websocket.connected').length },
    {
      group: 'sockets',
      name: 'closed, with the code the client sent',
      expected: held.size,
      logs: ended.filter(
        ({ metadata, session_id: session }) => metadata['websocket.close.code'] === held.get(session ?? '')?.closeCode,
      ).length,
      spans: spans.length,
    },
    {
      group: 'sockets',
      name: 'messages received (counted, not recorded)',
      expected: sum(tally.sockets.map(({ chunks }) => chunks)),
      logs: sum(ended.map(({ metadata }) => metadata['websocket.messages.received'])),
      spans: sum(spans.map(({ attributes }) => attributes['websocket.messages.received'])),
      contents: true,
    },
    {
      group: 'events',
      name: 'transcript.published',
      expected: sum(tally.sockets.map((socket) => socket.published.length)),
      logs: published.length,
    },
    {
      group: 'events',
      name: 'characters in them',
      expected: sum(tally.sockets.flatMap((socket) => socket.published)),
      logs: sum(published.map(({ metadata }) => metadata['transcript.length'])),
      contents: true,
    },
  ]
}

/** What is no number counts as nothing. */
function sum(values: readonly unknown[]): number {
  return values.reduce<number>((total, value) => total + (typeof value === 'number' ? value : 0), 0)
}
