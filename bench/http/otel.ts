/** The same server with OpenTelemetry's NodeSDK: spans and metrics by instrumentation-http; with `record` also one record per request, which clew has by itself. */
import { logs, SeverityNumber } from '@opentelemetry/api'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import type * as Http from 'node:http'
import { createRequire } from 'node:module'
import { endpoint } from '../clew-build.ts'
import { serveHello } from './hello.ts'

process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint()
process.env['OTEL_SERVICE_NAME'] = 'bench'
for (const signal of ['TRACES', 'LOGS', 'METRICS']) process.env[`OTEL_${signal}_EXPORTER`] = 'otlp'
const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] })
sdk.start()
// The instrumentation hears of a module only when it is loaded by require, after it.
const http = createRequire(import.meta.url)('node:http') as typeof Http
const log = logs.getLogger('http')
const record = (): void =>
  log.emit({
    severityNumber: SeverityNumber.INFO,
    severityText: 'INFO',
    body: 'request completed',
    attributes: {
      'http.request.method': 'GET',
      'url.path': '/',
      'http.response.status_code': 200,
      'client.address': '127.0.0.1',
    },
  })
serveHello({ http, stop: () => sdk.shutdown(), ...(process.argv[2] === 'record' ? { record } : undefined) })
