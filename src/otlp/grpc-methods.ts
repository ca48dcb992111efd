/** The gRPC method that takes each signal's export request. @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc */
export const GRPC_METHODS = {
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
} as const
