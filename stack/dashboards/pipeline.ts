import { build } from './board.ts'
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard'
import { bars, graph, logs, value } from './panels.ts'
import { backends, collector } from './pipeline-servers.ts'
import { counted, metric, metricNow, records } from './queries.ts'
import { increase, rate, series, streams } from './selectors.ts'
import { chosenByMetrics } from './variables.ts'

const LOST = 'error_type!=""'
const OUTAGES = streams('', '| scope_name="clew" | clew_outage_duration_ms!=""')
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

/** The way of telemetry itself: from programs over the collector to the servers that keep it. */
export const pipeline = build({
  name: 'pipeline',
  title: 'Pipeline',
  description:
    'The way of telemetry itself, from programs over the collector to the servers that keep it. Look here when something seems to be missing.',
  variables: chosenByMetrics,
  rows: { Now: now, Programs: programs, Collector: collector, 'Loki, Tempo, Prometheus': backends },
})
