import { build } from './board.ts'
import { field, logsLink, VALUE } from './links.ts'
import { bars, graph, logs, value } from './panels.ts'
import { counted, countedNow, metric, metricNow, metricRows, records, traces } from './queries.ts'
import { countAll, countEach, increase, quantile, rate, series, streams, withService } from './selectors.ts'
import { seriesTable, traceTable } from './tables.ts'
import { chosenByMetrics, oneOf } from './variables.ts'

const REQUESTS = 'http_server_request_duration_seconds'
const COUNT = `${REQUESTS}_count`
const FAILED = 'http_response_status_code=~"5.."'
const ERRORS = streams('level=~"ERROR|CRITICAL"')
const OPERATIONS = 'traces_span_metrics_duration_seconds'
const INTERNAL = 'span_kind="SPAN_KIND_INTERNAL"'

const failedShare = (by: string): string => `sum by (${by}) (${rate(COUNT, FAILED)}) / sum by (${by}) (${rate(COUNT)})`

const now = [
  value({
    title: 'Requests per second',
    description:
      'Requests that the chosen services answer now. When it falls to nothing: look at Runtime whether the processes run, then at Pipeline whether their metrics arrive.',
    unit: 'reqps',
    width: 4,
    queries: [metricNow(`sum(${rate(COUNT)})`)],
  }),
  value({
    title: 'Failed requests',
    description:
      'Share of requests answered with 5xx. Above 1 %: see which route it is in “Routes”, and its error in “Top errors”.',
    unit: 'percentunit',
    width: 4,
    warn: 0.001,
    bad: 0.01,
    queries: [metricNow(`sum(${rate(COUNT, FAILED)}) / sum(${rate(COUNT)}) or 0 * sum(${rate(COUNT)})`)],
  }),
  value({
    title: '95 % faster than',
    description:
      'Nineteen of twenty requests take less. When it rises: “Routes” says which one, “Slow traces” where the time goes.',
    unit: 's',
    width: 4,
    warn: 0.5,
    bad: 2,
    queries: [metricNow(quantile(0.95, REQUESTS, { by: '' }))],
  }),
  value({
    title: 'Requests under way',
    description:
      'Requests without an answer yet. When it only grows, something they wait for hangs: look at External services and Redis.',
    unit: 'short',
    width: 4,
    queries: [metricNow(`sum(${series('http_server_active_requests')})`)],
  }),
  value({
    title: 'Errors recorded',
    description: 'Records of level ERROR and CRITICAL in the time that is shown. Read them at the bottom of this page.',
    unit: 'short',
    width: 4,
    warn: 1,
    bad: 100,
    queries: [countedNow(countAll(ERRORS))],
  }),
  value({
    title: 'Processes',
    description:
      'Processes that send metrics. Fewer than you run: look at Runtime for those that ended, and at Pipeline for those that can’t send.',
    unit: 'short',
    width: 4,
    queries: [
      metricNow(
        'count(target_info{telemetry_sdk_language!="", job=~"(.+/)?$service", deployment_environment_name=~"$environment"})',
      ),
    ],
  }),
]

const requests = [
  graph({
    title: 'Requests by service',
    description:
      'Requests answered per second. A sudden fall is as telling as a rise: look for a mark of a process that ended, or at who calls.',
    unit: 'reqps',
    width: 8,
    queries: [metric(`sum by (job) (${rate(COUNT)})`, '{{job}}')],
  }),
  graph({
    title: 'Failed requests by service',
    description:
      'Share of requests answered with 5xx. A step up at the mark of a process that began points at the release: compare the records of errors before and after it.',
    unit: 'percentunit',
    width: 8,
    max: 1,
    bad: 0.01,
    queries: [metric(`${failedShare('job')} or 0 * sum by (job) (${rate(COUNT)})`, '{{job}}')],
  }),
  graph({
    title: 'Duration of requests',
    description:
      'Half, nineteen of twenty, and 99 of 100 requests take less than this. The points are requests: click one that lies high and open its trace.',
    unit: 's',
    width: 8,
    queries: [
      metric(quantile(0.5, REQUESTS, { by: '' }), '50 %'),
      metric(quantile(0.95, REQUESTS, { by: '' }), '95 %'),
      metric(quantile(0.99, REQUESTS, { by: '' }), '99 %', { exemplar: true }),
    ],
  }),
  graph({
    title: 'Requests by answer',
    description:
      'Requests per second by status code. Many 401 or 403: look at Audit and security. Many 429 or 503: the service, or one that it asks, is at its limit.',
    unit: 'reqps',
    width: 8,
    queries: [metric(`sum by (http_response_status_code) (${rate(COUNT)})`, '{{http_response_status_code}}')],
  }),
  graph({
    title: 'Busiest routes',
    description:
      'Requests per second of the ten routes with the most. One that rises alone is a client that tries again and again, or a new feature.',
    unit: 'reqps',
    width: 8,
    queries: [
      metric(
        `topk(10, sum by (job, http_request_method, http_route) (${rate(COUNT)}))`,
        '{{job}}: {{http_request_method}} {{http_route}}',
      ),
    ],
  }),
  graph({
    title: 'Slowest routes',
    description:
      '95 % of the requests of a route take less; the ten slowest. Click a point that lies high and open its trace.',
    unit: 's',
    width: 8,
    queries: [
      metric(
        `topk(10, ${quantile(0.95, REQUESTS, { by: 'job, http_request_method, http_route' })})`,
        '{{job}}: {{http_request_method}} {{http_route}}',
        { exemplar: true },
      ),
    ],
  }),
]

const BY_ROUTE = 'job, http_request_method, http_route'

const slowest = [
  seriesTable({
    title: 'Routes',
    description:
      'Each route in the time that is shown. Sort by failures or by duration to find the one to look at; its service leads to its records.',
    width: 14,
    height: 10,
    queries: [
      metricRows(withService(`sum by (${BY_ROUTE}) (${increase(COUNT)})`)),
      metricRows(withService(`sum by (${BY_ROUTE}) (${increase(COUNT, FAILED)})`)),
      metricRows(withService(quantile(0.5, REQUESTS, { by: BY_ROUTE, whole: true }))),
      metricRows(withService(quantile(0.95, REQUESTS, { by: BY_ROUTE, whole: true }))),
    ],
    columns: [
      { from: 'service', title: 'Service', link: logsLink('Its records', { service: VALUE }) },
      { from: 'http_request_method', title: 'Method', width: 90 },
      { from: 'http_route', title: 'Route' },
      { from: 'Value #A', title: 'Requests', width: 100 },
      { from: 'Value #B', title: 'Failed', width: 90 },
      { from: 'Value #C', title: '50 % below', unit: 's', width: 100 },
      { from: 'Value #D', title: '95 % below', unit: 's', width: 100 },
    ],
    sortBy: '95 % below',
  }),
  seriesTable({
    title: 'Slowest operations',
    description:
      'Operations inside of requests (log.operation), of all traces, also of those that are not kept. The one at the top is where work on speed pays.',
    width: 10,
    height: 10,
    queries: [
      metricRows(`topk(20, ${quantile(0.95, OPERATIONS, { by: 'job, span_name', labels: INTERNAL, whole: true })})`),
      metricRows(`sum by (job, span_name) (${increase(`${OPERATIONS}_count`, INTERNAL)})`),
    ],
    columns: [
      { from: 'job', title: 'Service' },
      { from: 'span_name', title: 'Operation' },
      { from: 'Value #B', title: 'Times', width: 90 },
      { from: 'Value #A', title: '95 % below', unit: 's', width: 110 },
    ],
    sortBy: '95 % below',
  }),
  traceTable({
    title: 'Slow traces',
    description:
      'The newest traces with a request that took longer than chosen above. Open one and look for the longest bar without bars below it.',
    width: 24,
    queries: [traces('{ resource.service.name =~ "$service" && kind = server && duration > $slower_than }')],
  }),
]

const errors = [
  bars({
    title: 'Errors by service',
    description: 'Records of level ERROR and CRITICAL. A new colour, or a wall of one, is what to read first.',
    unit: 'short',
    width: 10,
    queries: [counted(countEach('service_name', ERRORS), '{{service_name}}')],
  }),
  seriesTable({
    title: 'Top errors',
    description: 'What failed, where, and how often in the time that is shown. A component leads to its records.',
    width: 14,
    queries: [countedNow(`topk(20, ${countAll(ERRORS, 'service_name, scope_name, error_type, exception_message')})`)],
    columns: [
      { from: 'service_name', title: 'Service', width: 140 },
      {
        from: 'scope_name',
        title: 'Component',
        width: 140,
        link: logsLink('Its errors', { service: field('Service'), component: VALUE, level: ['ERROR', 'CRITICAL'] }),
      },
      { from: 'error_type', title: 'Error', width: 160 },
      { from: 'exception_message', title: 'Message' },
      { from: 'Value #A', title: 'Records', width: 90 },
    ],
    sortBy: 'Records',
  }),
  logs({
    title: 'Errors',
    description:
      'The newest records of level ERROR and CRITICAL, with their stacks. “Open the trace” of one shows all that happened before it.',
    width: 24,
    queries: [records(ERRORS)],
  }),
]

/** Rate, errors and duration of all services: the page to begin with. */
export const overview = build({
  name: 'overview',
  title: 'Overview',
  description: 'How the services do: how much they answer, what fails, how long it takes. Begin here.',
  variables: [...chosenByMetrics, oneOf('slower_than', 'Slower than', ['500ms', '50ms', '100ms', '1s', '5s'])],
  rows: { Now: now, Requests: requests, 'What is slow': slowest, 'What fails': errors },
})
