/** The same server with OpenTelemetry's NodeSDK and opentelemetry-instrumentation-ws: spans of upgrades and closes. Its spans of messages are made by sockets of clients alone. */
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { createRequire } from 'node:module'
import type * as Ws from 'ws'
import { endpoint } from '../clew-build.ts'
import { serveEcho } from './echo.ts'

type Instrumentation = HttpInstrumentation
const load = createRequire(import.meta.url)
const { WSInstrumentation } = load('opentelemetry-instrumentation-ws') as {
  WSInstrumentation: new () => Instrumentation
}
process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint()
process.env['OTEL_SERVICE_NAME'] = 'bench'
for (const signal of ['TRACES', 'LOGS', 'METRICS']) process.env[`OTEL_${signal}_EXPORTER`] = 'otlp'
const sdk = new NodeSDK({
  instrumentations: [new HttpInstrumentation(), new WSInstrumentation()],
})
sdk.start()
// The instrumentations hear of a module only when it is loaded by require, after them.
const ws = load('ws') as typeof Ws
serveEcho({ ws, stop: () => sdk.shutdown() })
