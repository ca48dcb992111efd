import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import { DataqueryBuilder as LokiQuery, LokiQueryType, QueryEditorMode } from '@grafana/grafana-foundation-sdk/loki'
import {
  DataqueryBuilder as PrometheusQuery,
  PromQueryFormat,
  QueryEditorMode as PrometheusEditorMode,
} from '@grafana/grafana-foundation-sdk/prometheus'
import { DataqueryBuilder as TempoQuery, SearchTableType } from '@grafana/grafana-foundation-sdk/tempo'

/** The data sources of `stack/grafana/provisioning/datasources`. */
export const SOURCES = {
  loki: { type: 'loki', uid: 'loki' },
  prometheus: { type: 'prometheus', uid: 'prometheus' },
  tempo: { type: 'tempo', uid: 'tempo' },
} as const

/** A query of a panel, which gets its letter (`A`, `B` …) from the panel. */
export interface Query {
  readonly source: (typeof SOURCES)[keyof typeof SOURCES]
  readonly target: Builder<Dataquery> & { refId(letter: string): Builder<Dataquery> }
}

/**
 * How often programs send their metrics unless told otherwise (`OTEL_METRIC_EXPORT_INTERVAL`). As the shortest step of a
 * graph it makes `$__rate_interval` four of them, so that each rate has points enough.
 */
const EXPORT_INTERVAL = '1m'

/** A graph of what programs measured. With `exemplar`, its points lead to traces. */
export function metric(expr: string, legend: string, { exemplar = false } = {}): Query {
  return ofPrometheus(promql(expr).range().legendFormat(legend).interval(EXPORT_INTERVAL).exemplar(exemplar))
}

/** A graph of what the servers of the stack say of themselves, which Prometheus asks every 15 seconds. */
export function ownMetric(expr: string, legend: string): Query {
  return ofPrometheus(promql(expr).range().legendFormat(legend))
}

/** One value for each series, now. */
export function metricNow(expr: string, legend = ''): Query {
  return ofPrometheus(promql(expr).instant().legendFormat(legend).interval(EXPORT_INTERVAL))
}

/** Rows of a table, one for each series, now. */
export function metricRows(expr: string): Query {
  return ofPrometheus(promql(expr).instant().format(PromQueryFormat.Table).interval(EXPORT_INTERVAL))
}

function ofPrometheus(target: PrometheusQuery): Query {
  return { source: SOURCES.prometheus, target }
}

function promql(expr: string): PrometheusQuery {
  return new PrometheusQuery().datasource(SOURCES.prometheus).editorMode(PrometheusEditorMode.Code).expr(expr)
}

/** A graph of what is counted in records. */
export function counted(expr: string, legend: string): Query {
  return ofLoki(logql(expr, LokiQueryType.Range).legendFormat(legend))
}

/** What is counted in records over the whole time that is shown. */
export function countedNow(expr: string, legend = ''): Query {
  return ofLoki(logql(expr, LokiQueryType.Instant).legendFormat(legend))
}

/** Records themselves, the newest first. */
export function records(expr: string, maxLines = 200): Query {
  return ofLoki(logql(expr, LokiQueryType.Range).maxLines(maxLines))
}

function ofLoki(target: LokiQuery): Query {
  return { source: SOURCES.loki, target }
}

function logql(expr: string, type: LokiQueryType): LokiQuery {
  return new LokiQuery().datasource(SOURCES.loki).editorMode(QueryEditorMode.Code).expr(expr).queryType(type)
}

/** Traces that TraceQL finds. */
export function traces(query: string, limit = 20): Query {
  const target = new TempoQuery()
    .datasource(SOURCES.tempo)
    .queryType('traceql')
    .query(query)
    .limit(limit)
    .tableType(SearchTableType.Traces)
  return { source: SOURCES.tempo, target }
}
