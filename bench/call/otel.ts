/** A trial: OpenTelemetry's own SDK with a processor that drops, inside an active span. Nothing is encoded. */
import { context, logs, SeverityNumber, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { createLoggerConfigurator, LoggerProvider, type LogRecordProcessor } from '@opentelemetry/sdk-logs'
import { TracerProvider } from '@opentelemetry/sdk-trace'
import { BOUND, runTrial } from './workload.ts'

const drop: LogRecordProcessor = { onEmit() {}, forceFlush: async () => {}, shutdown: async () => {} }
context.setGlobalContextManager(new AsyncLocalStorageContextManager())
trace.setGlobalTracerProvider(new TracerProvider())
logs.setGlobalLoggerProvider(
  new LoggerProvider({
    processors: [drop],
    loggerConfigurator: createLoggerConfigurator([{ pattern: '*', config: { minimumSeverity: SeverityNumber.INFO } }]),
  }),
)
const log = logs.getLogger('orders')
const info = { severityNumber: SeverityNumber.INFO, severityText: 'INFO' }
const debug = { severityNumber: SeverityNumber.DEBUG, severityText: 'DEBUG' }
await trace.getTracer('bench').startActiveSpan('bench', () =>
  runTrial({
    info: (body, fields) => log.emit({ ...info, body, attributes: fields }),
    child: (body, fields) => log.emit({ ...info, body, attributes: { ...BOUND, ...fields } }),
    off: (body, fields) => log.emit({ ...debug, body, attributes: fields }),
  }),
)
