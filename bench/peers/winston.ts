/** winston 3, its default JSON. Options: none for a stream that drops, `stdout`, `roll` for winston-daily-rotate-file, `otel` for OpenTelemetry's transport with the SDK in protobuf. */
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { Writable } from 'node:stream'
import { createLogger, transports, type LoggerOptions } from 'winston'
import { home } from '../clew-build.ts'
import type { Peer } from '../peer.ts'
import { BOUND } from '../workload.ts'

/** Where its records go, and what ends that. */
interface Way {
  readonly transport: NonNullable<LoggerOptions['transports']>
  readonly close?: () => Promise<void>
}

export async function open(option: string): Promise<Peer> {
  const way = option === 'otel' ? await toOtel() : option === 'roll' ? await toFiles() : toStream(option)
  const log = createLogger({ level: 'info', transports: way.transport })
  const child = log.child(BOUND)
  return {
    info: (message, fields) => log.info(message, fields),
    child: (message, fields) => child.info(message, fields),
    error: (message, fields) => log.error(message, fields),
    off: (message, fields) => log.debug(message, fields),
    close: async () => {
      const finished = once(log, 'finish')
      log.end()
      await finished
      await way.close?.()
    },
  }
}

function toStream(option: string): Way {
  const stream = option === 'stdout' ? process.stdout : new Writable({ write: (_line, _encoding, done) => done() })
  return { transport: new transports.Stream({ stream }) }
}

async function toFiles(): Promise<Way> {
  const { default: DailyRotateFile } = await import('winston-daily-rotate-file')
  return {
    transport: new DailyRotateFile({ dirname: home(), filename: 'orders', maxSize: '10m', zippedArchive: true }),
  }
}

async function toOtel(): Promise<Way> {
  const { OpenTelemetryTransportV3 } = await import('@opentelemetry/winston-transport')
  const { startOtel } = await import('./otel-sdk.ts')
  const sdk = await startOtel('protobuf')
  // The transport logs through the older global of `@opentelemetry/api-logs`, in the version that it brings along.
  const load = createRequire(import.meta.resolve('@opentelemetry/winston-transport'))
  const { logs } = load('@opentelemetry/api-logs') as { logs: { setGlobalLoggerProvider(provider: object): unknown } }
  logs.setGlobalLoggerProvider(sdk)
  return {
    transport: new OpenTelemetryTransportV3(),
    close: async () => {
      await sdk.forceFlush()
      await sdk.shutdown()
    },
  }
}
