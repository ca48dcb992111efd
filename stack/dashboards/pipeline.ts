import { build } from './board.ts'
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard'
import { bars, graph, logs, value } from './panels.ts'
import { counted, metric, metricNow, ownMetric, records, type Query } from './queries.ts'
import { increase, rate, series, streams } from './selectors.ts'
import { chosenByMetrics } from './variables.ts'

const LOST = 'error_type!=""'
const OUTAGES = streams('', '| scope_name="clew" | clew_outage_duration_ms!=""')
const SIGNALS = { log_records: 'records', spans: 'spans', metric_points: 'points of metrics' } as const

/** One series for each signal, of metrics of the collector that have one name each. */
const ofCollector = (metricOf: (signal: string) => string, by: string, label: string): Query[] =>
  Object.entries(SIGNALS).map(([signal, title]) =>
    ownMetric(`sum by (${by}) (rate(${metricOf(signal)}[$__rate_interval]))`, `${title}${label}`),
  )

const UP_OR_DOWN = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
  { value: null, color: 'red' },
  { value: 1, color: 'green' },
])

const leftOut = (reason: string): string =>
  `sum(sum_over_time(${streams('', `| clew_left_out_${reason}!="" | unwrap clew_left_out_${reason}`)} [$__interval]))`

const now = [
  value({
    title: 'Servers',
    description:
      'Whether Prometheus reaches the collector, what applications sent to it, Loki, Tempo and itself: 1 is yes. 0: start it again and read its output; what is sent meanwhile waits.',
    unit: 'short',
    width: 12,
    queries: [metricNow('min by (job) (up{job=~"applications|collector|loki|tempo|prometheus"})', '{{job}}')],
  }).thresholds(UP_OR_DOWN),
  value({
    title: 'Left out by programs',
    description:
      'Records and spans that programs could not deliver in the time that is shown. “Left out, by reason” says why and what helps.',
    unit: 'short',
    width: 4,
    bad: 1,
    noValue: '0',
    queries: [
      metricNow(
        `sum(${increase('otel_sdk_processor_log_processed_total', LOST)} or ${increase('otel_sdk_processor_span_processed_total', LOST)} or ${increase('otel_sdk_exporter_log_exported_total', LOST)} or ${increase('otel_sdk_exporter_span_exported_total', LOST)})`,
      ),
    ],
  }),
  value({
    title: 'Fullest queue',
    description:
      'Share of the collector’s fullest queue that is in use. It fills while a destination is down; when it is full the collector refuses, and programs keep what they have.',
    unit: 'percentunit',
    width: 4,
    warn: 0.25,
    bad: 0.75,
    queries: [metricNow('max(otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)')],
  }),
  value({
    title: 'Waiting in programs',
    description:
      'Records and spans that wait in the spools of programs. A few are normal. Many: the collector is down, or refuses; they come when it is back.',
    unit: 'short',
    width: 4,
    warn: 10_000,
    bad: 1_000_000,
    queries: [
      metricNow(
        `sum(${series('otel_sdk_processor_log_queue_size')} or ${series('otel_sdk_processor_span_queue_size')})`,
      ),
    ],
  }),
]

const programs = [
  graph({
    title: 'Records said',
    description:
      'Records per second that programs make. Far above what is usual: a component talks in a loop; the dashboard of logs shows which, and a rule of volume tames it.',
    unit: 'recps',
    width: 8,
    queries: [metric(`sum by (job) (${rate('otel_sdk_log_created_total')})`, '{{job}}')],
  }),
  graph({
    title: 'Delivered',
    description:
      'Records, spans and points that the collector took, per second. Nothing while records are said: they wait; see “Waiting in programs”.',
    unit: 'eps',
    width: 8,
    queries: [
      metric(`sum(${rate('otel_sdk_exporter_log_exported_total', 'error_type=""')})`, 'records'),
      metric(`sum(${rate('otel_sdk_exporter_span_exported_total', 'error_type=""')})`, 'spans'),
      metric(
        `sum(${rate('otel_sdk_exporter_metric_data_point_exported_total', 'error_type=""')})`,
        'points of metrics',
      ),
    ],
  }),
  graph({
    title: 'Waiting, by service',
    description:
      'What waits in the spool of a service, on its disk or in its memory. A line that climbs in one service only: its way to the collector is broken.',
    unit: 'short',
    width: 8,
    queries: [
      metric(`sum by (job) (${series('otel_sdk_processor_log_queue_size')})`, '{{job}}: records'),
      metric(`sum by (job) (${series('otel_sdk_processor_span_queue_size')})`, '{{job}}: spans'),
    ],
  }),
  graph({
    title: 'Left out, by reason',
    description:
      'Per second. queue_full: more room for the spool, or a collector that is up. expired: it waited too long. already_shutdown: a longer time limit at the end. damaged: look at the disk. refused, rejected: the collector will not have it; the dead letters say why.',
    unit: 'eps',
    width: 12,
    queries: [
      metric(
        `sum by (job, error_type) (${rate('otel_sdk_processor_log_processed_total', LOST)} or ${rate('otel_sdk_exporter_log_exported_total', LOST)})`,
        '{{job}}: records {{error_type}}',
      ),
      metric(
        `sum by (job, error_type) (${rate('otel_sdk_processor_span_processed_total', LOST)} or ${rate('otel_sdk_exporter_span_exported_total', LOST)})`,
        '{{job}}: spans {{error_type}}',
      ),
      metric(
        `sum by (job, error_type) (${rate('otel_sdk_exporter_metric_data_point_exported_total', LOST)})`,
        '{{job}}: points {{error_type}}',
      ),
    ],
  }),
  bars({
    title: 'Left out on purpose',
    description:
      'Records that rules of volume kept back, as programs themselves tell. More than you meant: loosen the rule, or say less.',
    unit: 'short',
    width: 12,
    queries: [
      counted(leftOut('sampled'), 'sampled'),
      counted(leftOut('rate_limited'), 'too many a second'),
      counted(leftOut('repeated'), 'repeated'),
    ],
  }),
  logs({
    title: 'Outages, as programs tell them',
    description:
      'When a receiver took everything again after it took nothing: how long that was, how much waited, and what was left out.',
    width: 24,
    height: 6,
    queries: [records(OUTAGES)],
  }),
]

const collector = [
  graph({
    title: 'Accepted',
    description:
      'What the collector takes, per second. When it falls and programs wait, the collector refuses or can’t be reached.',
    unit: 'eps',
    width: 8,
    queries: ofCollector((signal) => `otelcol_receiver_accepted_${signal}`, 'receiver', ''),
  }),
  graph({
    title: 'Refused',
    description:
      'What the collector would not take, per second; senders try again. It is short of memory (CLEW_MEMORY_LIMIT_MIB), or a queue is full because a destination is down.',
    unit: 'eps',
    width: 8,
    bad: 0.001,
    queries: [
      ...ofCollector((signal) => `otelcol_receiver_refused_${signal}`, 'receiver', ' refused'),
      ...ofCollector((signal) => `otelcol_receiver_failed_${signal}`, 'receiver', ' failed'),
    ],
  }),
  graph({
    title: 'Sent, by destination',
    description:
      'What each destination took, per second. One that lies below the others is slow or down: look at its queue.',
    unit: 'eps',
    width: 8,
    queries: ofCollector((signal) => `otelcol_exporter_sent_${signal}`, 'exporter', ' → {{exporter}}'),
  }),
  graph({
    title: 'Queues',
    description:
      'What waits for a destination, on the collector’s disk. It climbs while the destination is down and empties by itself when it is back.',
    unit: 'bytes',
    width: 8,
    queries: [
      ownMetric('sum by (exporter, data_type) (otelcol_exporter_queue_size)', '{{exporter}} {{data_type}}'),
      ownMetric('max(otelcol_exporter_queue_capacity)', 'room'),
    ],
  }),
  graph({
    title: 'Could not be sent',
    description:
      'Attempts that failed for good, per second. A destination refuses what it is sent: its own output says why. Nothing here is what you want to see.',
    unit: 'eps',
    width: 8,
    bad: 0.001,
    queries: ofCollector((signal) => `otelcol_exporter_send_failed_${signal}`, 'exporter', ' → {{exporter}}'),
  }),
  graph({
    title: 'Found no room in a queue',
    description:
      'What was turned away since a queue was full, per second; the sender keeps it and tries again. Bring the destination back, or give the queue more room.',
    unit: 'eps',
    width: 8,
    bad: 0.001,
    queries: ofCollector((signal) => `otelcol_exporter_enqueue_failed_${signal}`, 'exporter', ' → {{exporter}}'),
  }),
  graph({
    title: 'Traces kept for Tempo',
    description:
      'Traces per second that tail sampling keeps and leaves out. “too early” means that a trace was pushed out of memory before it was decided: raise num_traces.',
    unit: 'ops',
    width: 8,
    queries: [
      ownMetric(
        'sum by (decision) (rate(otelcol_processor_tail_sampling_global_count_traces_sampled[$__rate_interval]))',
        '{{decision}}',
      ),
      ownMetric(
        'sum(rate(otelcol_processor_tail_sampling_sampling_trace_dropped_too_early[$__rate_interval]))',
        'too early',
      ),
    ],
  }),
  graph({
    title: 'Memory of the collector',
    description:
      'Resident memory and Go’s heap. Near CLEW_MEMORY_LIMIT_MIB it begins to refuse: raise the limit, or send less at once.',
    unit: 'bytes',
    width: 8,
    queries: [
      ownMetric('otelcol_process_memory_rss', 'resident'),
      ownMetric('otelcol_process_runtime_heap_alloc_bytes', 'heap'),
    ],
  }),
  graph({
    title: 'Processor of the collector',
    description: 'Processors that it keeps busy. At the number that it has, queues grow and senders wait.',
    unit: 'short',
    width: 8,
    queries: [ownMetric('rate(otelcol_process_cpu_seconds[$__rate_interval])', 'collector')],
  }),
]

const backends = [
  graph({
    title: 'Servers that answer',
    description: '1 when Prometheus reaches it. Gaps are restarts, or machines that are out of memory.',
    unit: 'short',
    width: 8,
    max: 1,
    queries: [ownMetric('min by (job) (up{job=~"applications|collector|loki|tempo|prometheus"})', '{{job}}')],
  }),
  graph({
    title: 'What Loki and Tempo take',
    description:
      'Lines and spans per second, by their own count. Less than the collector sent: they refuse; see the next panel.',
    unit: 'eps',
    width: 8,
    queries: [
      ownMetric('sum(rate(loki_distributor_lines_received_total[$__rate_interval]))', 'lines (Loki)'),
      ownMetric('sum(rate(tempo_distributor_spans_received_total[$__rate_interval]))', 'spans (Tempo)'),
      ownMetric('sum(rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))', 'samples (Prometheus)'),
    ],
  }),
  graph({
    title: 'What Loki and Tempo throw away',
    description:
      'Per second, by their reasons. rate_limited, line_too_long, too_far_behind: limits in stack/loki/loki.yaml; trace_too_large: a trace without end.',
    unit: 'eps',
    width: 8,
    bad: 0.001,
    queries: [
      ownMetric('sum by (reason) (rate(loki_discarded_samples_total[$__rate_interval]))', 'Loki {{reason}}'),
      ownMetric('sum by (reason) (rate(tempo_discarded_spans_total[$__rate_interval]))', 'Tempo {{reason}}'),
    ],
  }),
  graph({
    title: 'Streams in Loki',
    description:
      'Each combination of service, environment, level and channel is one. Thousands: a label has too many values.',
    unit: 'short',
    width: 12,
    warn: 1_000,
    bad: 5_000,
    queries: [ownMetric('sum(loki_ingester_memory_streams)', 'streams')],
  }),
  graph({
    title: 'Series in Prometheus',
    description: 'A steady climb: an attribute of a metric has too many values, such as an id.',
    unit: 'short',
    width: 12,
    warn: 100_000,
    bad: 1_000_000,
    queries: [ownMetric('sum(prometheus_tsdb_head_series)', 'series')],
  }),
]

/** The way of telemetry itself: from programs over the collector to the servers that keep it. */
export const pipeline = build({
  name: 'pipeline',
  title: 'Pipeline',
  description:
    'The way of telemetry itself, from programs over the collector to the servers that keep it. Look here when something seems to be missing.',
  variables: chosenByMetrics,
  rows: { Now: now, Programs: programs, Collector: collector, 'Loki, Tempo, Prometheus': backends },
})
