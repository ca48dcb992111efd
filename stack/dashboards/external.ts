import { build } from './board.ts'
import { logsLink, traceLink, VALUE } from './links.ts'
import { bars, graph, value } from './panels.ts'
import { counted, countedNow, metric, metricNow, metricRows, records } from './queries.ts'
import { countAll, countEach, increase, quantile, rate, streams } from './selectors.ts'
import { recordTable, seriesTable } from './tables.ts'
import { chosenByMetrics } from './variables.ts'

const CALLS = 'http_client_request_duration_seconds'
const COUNT = `${CALLS}_count`
const FAILED = 'error_type!=""'
const BY_HOST = 'job, server_address, server_port'
const RECORDS = streams('', '| event_name="EXTERNAL_API_CALL"')
const TROUBLE = streams('level=~"WARNING|ERROR|CRITICAL"', '| event_name="EXTERNAL_API_CALL"')
const HOST = '{{job}} → {{server_address}}:{{server_port}}'

const now = [
  value({
    title: 'Calls per second',
    description: 'Requests that the chosen services make of others now.',
    unit: 'reqps',
    width: 6,
    queries: [metricNow(`sum(${rate(COUNT)})`)],
  }),
  value({
    title: 'Failed calls',
    description:
      'Share of calls that were answered with 4xx or 5xx, or not at all. “Failures by kind” says which host and why.',
    unit: 'percentunit',
    width: 6,
    warn: 0.01,
    bad: 0.05,
    queries: [metricNow(`(sum(${rate(COUNT, FAILED)}) or vector(0)) / sum(${rate(COUNT)})`)],
  }),
  value({
    title: '95 % faster than',
    description:
      'Nineteen of twenty calls take less. When it rises your own requests get slow as well: set time limits for calls, and look at “Duration by host”.',
    unit: 's',
    width: 6,
    warn: 0.5,
    bad: 2,
    queries: [metricNow(quantile(0.95, CALLS, { by: '' }))],
  }),
  value({
    title: 'Not answered in five minutes',
    description:
      'Calls that were still open after five minutes. Their answers are never read, or never come: give them a time limit.',
    unit: 'short',
    width: 6,
    warn: 1,
    noValue: '0',
    queries: [countedNow(countAll(`${RECORDS} | clew_http_unfinished!=""`))],
  }),
]

const calls = [
  graph({
    title: 'Calls by host',
    description: 'Calls per second. A rise that your own requests do not explain is a loop of attempts.',
    unit: 'reqps',
    width: 8,
    queries: [metric(`sum by (${BY_HOST}) (${rate(COUNT)})`, HOST)],
  }),
  graph({
    title: 'Duration by host',
    description:
      '95 % of the calls of a host take less. Click a point that lies high and open its trace: it shows who waited.',
    unit: 's',
    width: 8,
    warn: 0.5,
    bad: 2,
    queries: [metric(quantile(0.95, CALLS, { by: BY_HOST }), HOST, { exemplar: true })],
  }),
  graph({
    title: 'Failures by kind',
    description:
      'Failed calls per second, by host and by status or error. 401 and 403: a credential is wrong or old. 429: call less. 5xx, ECONNREFUSED, timeouts: the other side is in trouble; tell them.',
    unit: 'reqps',
    width: 8,
    queries: [metric(`sum by (${BY_HOST}, error_type) (${rate(COUNT, FAILED)})`, `${HOST} {{error_type}}`)],
  }),
  seriesTable({
    title: 'Hosts',
    description: 'Each host that was called in the time that is shown.',
    width: 14,
    queries: [
      metricRows(`sum by (${BY_HOST}) (${increase(COUNT)})`),
      metricRows(`sum by (${BY_HOST}) (${increase(COUNT, FAILED)})`),
      metricRows(quantile(0.5, CALLS, { by: BY_HOST, whole: true })),
      metricRows(quantile(0.95, CALLS, { by: BY_HOST, whole: true })),
    ],
    columns: [
      { from: 'job', title: 'Service' },
      { from: 'server_address', title: 'Host' },
      { from: 'server_port', title: 'Port', width: 80 },
      { from: 'Value #A', title: 'Calls', width: 90 },
      { from: 'Value #B', title: 'Failed', width: 90 },
      { from: 'Value #C', title: '50 % below', unit: 's', width: 110 },
      { from: 'Value #D', title: '95 % below', unit: 's', width: 110 },
    ],
    sortBy: 'Failed',
  }),
  bars({
    title: 'Calls by name of the other service',
    description:
      'Calls as their records tell them, by the name that http.serviceNames gives a host; a host without one stands as it is. Sampling and levels reach records, not the graphs above.',
    unit: 'short',
    width: 10,
    queries: [counted(countEach('service_peer_name', RECORDS), '{{service_peer_name}}')],
  }),
]

const trouble = [
  recordTable({
    title: 'Slow, refused and failed calls',
    description: 'The newest ones. The trace shows which request of yours waited for it.',
    width: 24,
    height: 12,
    queries: [records(TROUBLE, 300)],
    columns: [
      { from: 'Time', title: 'Time', width: 180 },
      { from: 'service_name', title: 'Service', width: 130 },
      { from: 'service_peer_name', title: 'Called' },
      { from: 'http_request_method', title: 'Method', width: 90 },
      { from: 'clew_endpoint', title: 'Endpoint' },
      { from: 'http_response_status_code', title: 'Status', width: 80 },
      { from: 'error_type', title: 'Error', width: 140 },
      { from: 'clew_duration_ms', title: 'Duration', unit: 'ms', width: 110 },
      { from: 'clew_request_id', title: 'Request', link: logsLink('Its records', { request: VALUE }) },
      { from: 'trace_id', title: 'Trace', link: traceLink },
    ],
  }),
]

/** What services ask of others by HTTP. */
export const external = build({
  name: 'external',
  title: 'External services',
  description: 'What the services ask of others by HTTP: how much, how long, what fails.',
  variables: chosenByMetrics,
  rows: { Now: now, Calls: calls, 'What went wrong': trouble },
})
