/** The client with OpenTelemetry's NodeSDK and its instrumentation. */
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis'
import { RedisInstrumentation } from '@opentelemetry/instrumentation-redis'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { endpoint } from '../clew-build.ts'
import { commandArguments, runCommands } from './commands.ts'

process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint()
process.env['OTEL_SERVICE_NAME'] = 'bench'
process.env['OTEL_TRACES_SAMPLER'] = 'parentbased_traceidratio'
process.env['OTEL_TRACES_SAMPLER_ARG'] = String(commandArguments().ratio)
for (const signal of ['TRACES', 'LOGS', 'METRICS']) process.env[`OTEL_${signal}_EXPORTER`] = 'otlp'
// By itself it makes no spans outside of others.
const instrumentations = [new IORedisInstrumentation({ requireParentSpan: false }), new RedisInstrumentation({ requireParentSpan: false })] // prettier-ignore
const sdk = new NodeSDK({ instrumentations })
sdk.start()
await runCommands(() => sdk.shutdown())
