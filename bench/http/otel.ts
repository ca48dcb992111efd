/** The server with OpenTelemetry's NodeSDK: spans and metrics by its instrumentations; third argument `pino`: one record for each request too, said with pino and sent. */
import { createRequire } from 'node:module'
import { FastifyOtelInstrumentation } from '@fastify/otel'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino'
import { NodeSDK } from '@opentelemetry/sdk-node'
import type * as Pino from 'pino'
import { endpoint } from '../clew-build.ts'
import { helloArguments, serveHello } from './hello.ts'
import { sayRequest } from './request-line.ts'

const { framework, ratio } = helloArguments()
const withPino = process.argv[4] === 'pino'
process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint()
process.env['OTEL_SERVICE_NAME'] = 'bench'
process.env['OTEL_TRACES_SAMPLER'] = 'parentbased_traceidratio'
process.env['OTEL_TRACES_SAMPLER_ARG'] = String(ratio)
for (const signal of ['TRACES', 'LOGS', 'METRICS']) process.env[`OTEL_${signal}_EXPORTER`] = 'otlp'
const sdk = new NodeSDK({
  instrumentations: [
    new HttpInstrumentation(),
    ...(framework === 'fastify' ? [new FastifyOtelInstrumentation({ registerOnInitialization: true })] : []),
    ...(withPino ? [new PinoInstrumentation()] : []),
  ],
})
sdk.start()
const stop = (): Promise<void> => sdk.shutdown()
await serveHello(withPino ? { record: sayRequest(instrumentedPino()), stop } : { stop })

/** The instrumentation hears of a module only when it is loaded by require, after it. */
function instrumentedPino(): Pino.Logger {
  const { pino } = createRequire(import.meta.url)('pino') as typeof Pino
  return pino(pino.destination({ dest: '/dev/null', sync: true }))
}
