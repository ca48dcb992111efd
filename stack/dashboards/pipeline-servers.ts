import { graph } from './panels.ts'
import { ownMetric, type Query } from './queries.ts'

const SIGNALS = { log_records: 'records', spans: 'spans', metric_points: 'points of metrics' } as const

/** One series for each signal, of metrics of the collector that have one name each. */
const ofCollector = (metricOf: (signal: string) => string, by: string, label: string): Query[] =>
  Object.entries(SIGNALS).map(([signal, title]) =>
    ownMetric(`sum by (${by}) (rate(${metricOf(signal)}[$__rate_interval]))`, `${title}${label}`),
  )

/** The collector: what it takes, sends, keeps waiting and can't get rid of. */
export const collector = [
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

/** The servers that keep it all, by their own numbers. */
export const backends = [
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
