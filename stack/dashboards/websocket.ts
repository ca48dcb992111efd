import { build } from './board.ts'
import { logsLink, traceLink, VALUE } from './links.ts'
import { bars, graph, value } from './panels.ts'
import { counted, countedNow, metric, metricNow, records } from './queries.ts'
import { countAll, countEach, quantile, rate, series, streams } from './selectors.ts'
import { recordTable } from './tables.ts'
import { havingTyped, typedFields, type TypedField } from './typed.ts'
import { chosenByMetrics, oneOf } from './variables.ts'

const ROLE = 'websocket_role=~"$role"'
const DURATION = 'websocket_session_duration_seconds'
const told = (event: string, more = ''): string =>
  streams('', `| event_name="${event}" | websocket_role=~"$role"${more}`)
const CLOSED = told('websocket.disconnected')
// An upgrade that was refused says no role: it never became one.
const FAILED = streams('', '| event_name="websocket.failed" | websocket_role="" or websocket_role=~"$role"')
const FIELDS: readonly TypedField[] = [
  { name: 'session', title: 'Session', description: 'In the list: the session’s id', label: 'session_id' },
  { name: 'user', title: 'User', description: 'In the list: the user’s id', label: 'user_id' },
  { name: 'tenant', title: 'Tenant', description: 'In the list: the tenant’s id', label: 'clew_tenant_id' },
]
const SEARCHED = told('websocket.disconnected', ` ${havingTyped(FIELDS)}`)
const BY_KIND = 'network_io_direction, websocket_message_kind'
const LEGEND = '{{network_io_direction}} {{websocket_message_kind}}'

const now = [
  value({
    title: 'Open sessions',
    description:
      'Sessions that are open now. When it falls at once, a process ended or a proxy in front was restarted: look at the marks and at how sessions closed.',
    unit: 'short',
    width: 6,
    queries: [metricNow(`sum(${series('websocket_active_sessions', ROLE)})`)],
  }),
  value({
    title: 'Opened',
    description: 'Sessions opened in the time that is shown.',
    unit: 'short',
    width: 6,
    queries: [countedNow(countAll(told('websocket.connected')))],
  }),
  value({
    title: 'Closed abnormally',
    description:
      'Sessions that ended without a word (1006), by an error of a side, or were left open when a process ended. Many: networks, proxies with a time limit, or crashes; “Sessions” has them one by one.',
    unit: 'short',
    width: 6,
    warn: 1,
    bad: 50,
    noValue: '0',
    queries: [countedNow(countAll(`${CLOSED} | websocket_close_name!~"normal|going_away|application"`))],
  }),
  value({
    title: 'Never came to be',
    description:
      'Upgrades that were refused and attempts of clients that failed. The status of the answer, and the reason, are in their records.',
    unit: 'short',
    width: 6,
    warn: 1,
    bad: 50,
    noValue: '0',
    queries: [countedNow(countAll(FAILED))],
  }),
]

const sessions = [
  graph({
    title: 'Open sessions by service',
    description:
      'How many sessions are open. A line that only rises is a leak: clients that open anew without closing.',
    unit: 'short',
    width: 8,
    queries: [
      metric(
        `sum by (job, websocket_role) (${series('websocket_active_sessions', ROLE)})`,
        '{{job}} ({{websocket_role}})',
      ),
    ],
  }),
  bars({
    title: 'Opened, by service',
    description:
      'Sessions opened. Many at once after a fall of open sessions are clients that come back; a steady stream of them is clients that can’t stay.',
    unit: 'short',
    width: 8,
    queries: [counted(countEach('service_name', told('websocket.connected')), '{{service_name}}')],
  }),
  bars({
    title: 'Closed, by how',
    description:
      'How sessions ended, by the name of their close code. “normal” and “going_away” are fine. “abnormal”: the connection broke. “policy_violation”, “message_too_big”, “protocol_error”: one side does not like what the other sends.',
    unit: 'short',
    width: 8,
    colors: { normal: 'green', going_away: 'blue', abnormal: 'red', internal_error: 'dark-red' },
    queries: [counted(countEach('websocket_close_name', CLOSED), '{{websocket_close_name}}')],
  }),
  graph({
    title: 'How long sessions last',
    description:
      'Of the sessions that closed. When the half of them gets short, clients come and go: look at how they were closed.',
    unit: 's',
    width: 8,
    queries: [
      metric(quantile(0.5, DURATION, { by: '', labels: ROLE }), '50 %'),
      metric(quantile(0.95, DURATION, { by: '', labels: ROLE }), '95 %', { exemplar: true }),
    ],
  }),
  graph({
    title: 'Longest time without a message',
    description:
      'Of the sessions that closed or gave a summary; 95 % were silent for less, and the longest. When it reaches the time limit of a proxy in front, sessions get cut: send pings.',
    unit: 'ms',
    width: 8,
    queries: [
      counted(`quantile_over_time(0.95, ${idle()} [$__interval]) by ()`, '95 %'),
      counted(`max_over_time(${idle()} [$__interval]) by ()`, 'longest'),
    ],
  }),
  graph({
    title: 'From ping to pong',
    description:
      'How long the other side takes to answer a ping, where this side sends some. When it rises, networks are slow or the other side is busy.',
    unit: 's',
    width: 8,
    warn: 0.25,
    bad: 1,
    queries: [
      metric(quantile(0.5, 'websocket_ping_duration_seconds', { by: '', labels: ROLE }), '50 %'),
      metric(quantile(0.95, 'websocket_ping_duration_seconds', { by: '', labels: ROLE }), '95 %', { exemplar: true }),
    ],
  }),
]

const traffic = [
  graph({
    title: 'Messages',
    description:
      'Messages and control frames per second, by direction and kind. Nothing received while sessions are open: clients hang, or what feeds them does.',
    unit: 'mps',
    width: 8,
    queries: [metric(`sum by (${BY_KIND}) (${rate('websocket_messages_total', ROLE)})`, LEGEND)],
  }),
  graph({
    title: 'Bytes',
    description:
      'Payload per second before compression, by direction and kind. When it rises and messages do not, messages got larger.',
    unit: 'Bps',
    width: 8,
    queries: [metric(`sum by (${BY_KIND}) (${rate('websocket_bytes_total', ROLE)})`, LEGEND)],
  }),
  graph({
    title: 'Backpressure',
    description:
      'The most bytes that waited to be sent in one session. Rising: a client reads slower than it is sent to, and the process’s memory pays. Send less, or close such sessions.',
    unit: 'bytes',
    width: 8,
    warn: 1_048_576,
    bad: 16_777_216,
    queries: [metric(`max by (job) (${series('websocket_buffered_max_bytes', ROLE)})`, '{{job}}')],
  }),
]

const list = [
  recordTable({
    title: 'Sessions',
    description:
      'The sessions that ended last, by the fields above. A session leads to all its records, its trace to what it did.',
    width: 24,
    height: 14,
    queries: [records(SEARCHED, 500)],
    columns: [
      { from: 'Time', title: 'Closed', width: 180 },
      { from: 'service_name', title: 'Service', width: 130 },
      { from: 'session_id', title: 'Session', link: logsLink('Its records', { session: VALUE }) },
      { from: 'user_id', title: 'User', link: logsLink('Records of the user', { user: VALUE }) },
      { from: 'clew_tenant_id', title: 'Tenant' },
      { from: 'websocket_close_name', title: 'Closed by', width: 120 },
      { from: 'websocket_close_reason', title: 'Reason' },
      { from: 'clew_duration_ms', title: 'Duration', unit: 'ms', width: 100 },
      { from: 'websocket_messages_received', title: 'Received', width: 90 },
      { from: 'websocket_messages_sent', title: 'Sent', width: 80 },
      { from: 'websocket_idle_max_ms', title: 'Longest silence', unit: 'ms', width: 120 },
      { from: 'trace_id', title: 'Trace', link: traceLink },
    ],
  }),
]

function idle(): string {
  const ended = streams('', '| event_name=~"websocket.disconnected|websocket.summary" | websocket_role=~"$role"')
  return `${ended} | unwrap websocket_idle_max_ms`
}

/** Sessions of WebSockets: how many, how they end, what goes over them. */
export const websocket = build({
  name: 'websocket',
  title: 'WebSocket sessions',
  description: 'How many sessions there are, how they end, what goes over them, and a list to look into.',
  variables: [
    ...chosenByMetrics,
    oneOf('role', 'End', ['server', 'client', ['both', 'server|client']]),
    ...typedFields(FIELDS),
  ],
  rows: { Now: now, Sessions: sessions, 'What goes over them': traffic, 'One by one': list },
})
