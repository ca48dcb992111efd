import { context, logs, SeverityNumber, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BatchLogRecordProcessor,
  createLoggerConfigurator,
  LoggerProvider,
  type LogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { endpoint } from '../clew-build.ts'

/** Where records go: encoded and sent in batches, with the defaults of exporter and processor, or nowhere, not encoded. */
export type OtelSet = 'protobuf' | 'json' | 'drop'

/** OpenTelemetry's own SDK for logs, and spans that are made and dropped. The level is INFO. */
export async function startOtel(set: OtelSet): Promise<LoggerProvider> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager())
  trace.setGlobalTracerProvider(new TracerProvider())
  const provider = new LoggerProvider({
    processors: [await processor(set)],
    loggerConfigurator: createLoggerConfigurator([{ pattern: '*', config: { minimumSeverity: SeverityNumber.INFO } }]),
  })
  logs.setGlobalLoggerProvider(provider)
  return provider
}

/** Loads only what it needs: its start-up is measured too. */
async function processor(set: OtelSet): Promise<LogRecordProcessor> {
  if (set === 'drop') return { onEmit() {}, forceFlush: async () => {}, shutdown: async () => {} }
  const { OTLPLogExporter } =
    set === 'json'
      ? await import('@opentelemetry/exporter-logs-otlp-http')
      : await import('@opentelemetry/exporter-logs-otlp-proto')
  return new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${endpoint()}/v1/logs` }) })
}
