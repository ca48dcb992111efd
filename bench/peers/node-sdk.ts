/** OpenTelemetry's NodeSDK for traces, logs and metrics, with its instrumentations of http and pino. */
import { logs, SeverityNumber } from '@opentelemetry/api'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { endpoint } from '../clew-build.ts'
import type { Peer } from '../peer.ts'

export function open(): Peer {
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint()
  process.env['OTEL_SERVICE_NAME'] = 'bench'
  for (const signal of ['TRACES', 'LOGS', 'METRICS']) process.env[`OTEL_${signal}_EXPORTER`] = 'otlp'
  const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation(), new PinoInstrumentation()] })
  sdk.start()
  const log = logs.getLogger('orders')
  return {
    info: (body, attributes) =>
      log.emit({ severityNumber: SeverityNumber.INFO, severityText: 'INFO', body, attributes }),
    // A NodeSDK has no flush; its shutdown flushes.
    close: () => sdk.shutdown(),
  }
}
