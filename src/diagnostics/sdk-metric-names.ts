/**
 * Names of an SDK's metrics about itself. They are experimental, so that importing them would load all of the conventions that are.
 * @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
export const SDK_METRICS = {
  logCreated: 'otel.sdk.log.created',
  spanStarted: 'otel.sdk.span.started',
  spanLive: 'otel.sdk.span.live',
  processed: (item: 'log' | 'span') => `otel.sdk.processor.${item}.processed`,
  queueSize: (item: 'log' | 'span') => `otel.sdk.processor.${item}.queue.size`,
  exported: (item: 'log' | 'span' | 'metric_data_point') => `otel.sdk.exporter.${item}.exported`,
  inflight: (item: 'log' | 'span' | 'metric_data_point') => `otel.sdk.exporter.${item}.inflight`,
} as const

/** Attributes of these metrics. */
export const SDK_ATTRIBUTES = {
  componentName: 'otel.component.name',
  componentType: 'otel.component.type',
  errorType: 'error.type',
  parentOrigin: 'otel.span.parent.origin',
  samplingResult: 'otel.span.sampling_result',
  serverAddress: 'server.address',
  serverPort: 'server.port',
} as const

/** Values of `error.type` that the conventions name, by our reasons; the others are called as we call them. */
export const ERROR_TYPES: Readonly<Record<string, string>> = {
  spool_full: 'queue_full',
  memory_full: 'queue_full',
  shutdown: 'already_shutdown',
}
