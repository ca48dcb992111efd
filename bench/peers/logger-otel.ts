/** A logger with OpenTelemetry's instrumentation: trace ids in each line, and each record to the SDK, which encodes it in protobuf and sends it, with its defaults. Options: `pino`, `winston`. */
import { createRequire } from 'node:module'
import type { Peer } from '../peer.ts'
import { openExisting } from './existing-loggers.ts'
import { startOtel } from './otel-sdk.ts'

interface LogsInstrumentation {
  setLoggerProvider(provider: object): void
}

export async function open(option: string): Promise<Peer> {
  const sdk = await startOtel('protobuf')
  const Instrumentation = await instrumentationOf(option)
  new Instrumentation().setLoggerProvider(sdk)
  // The transport for winston logs through the older global of `@opentelemetry/api-logs`, in the version that it brings along.
  const load = createRequire(import.meta.resolve('@opentelemetry/winston-transport'))
  const { logs } = load('@opentelemetry/api-logs') as { logs: { setGlobalLoggerProvider(provider: object): unknown } }
  logs.setGlobalLoggerProvider(sdk)
  const { info, close } = openExisting(option)
  return {
    info,
    close: async () => {
      await close?.()
      await sdk.forceFlush()
      await sdk.shutdown()
    },
  }
}

async function instrumentationOf(logger: string): Promise<new () => LogsInstrumentation> {
  if (logger === 'pino') return (await import('@opentelemetry/instrumentation-pino')).PinoInstrumentation
  return (await import('@opentelemetry/instrumentation-winston')).WinstonInstrumentation
}
