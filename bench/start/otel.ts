/** Node with OpenTelemetry's NodeSDK for traces, logs and metrics, and its HTTP instrumentation. With `said`: also a first record, sent and answered. */
import { logs, SeverityNumber } from '@opentelemetry/api'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { endpoint } from '../clew-build.ts'
import { ready } from './ready.ts'

process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint()
process.env['OTEL_SERVICE_NAME'] = 'bench'
for (const signal of ['TRACES', 'LOGS', 'METRICS']) process.env[`OTEL_${signal}_EXPORTER`] = 'otlp'
const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] })
sdk.start()
if (process.argv[2] === 'said') {
  logs.getLogger('bench').emit({ severityNumber: SeverityNumber.INFO, severityText: 'INFO', body: 'started' })
  // A NodeSDK has no flush; its shutdown flushes.
  await sdk.shutdown()
  ready()
} else {
  ready()
  await sdk.shutdown()
}
