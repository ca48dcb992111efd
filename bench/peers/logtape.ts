/**
 * LogTape. Options: none for JSON lines that are dropped, `stdout` for JSON lines there, `otel` for its OpenTelemetry sink with the SDK in batches of protobuf (by itself
 * it would send each record alone).
 */
import { configure, getLogger, jsonLinesFormatter, type Sink } from '@logtape/logtape'
import type { Peer } from '../peer.ts'
import { BOUND } from '../workload.ts'

/** The line made last: kept, so that the compiler can't leave its making out. */
export let line = ''

export async function open(option: string): Promise<Peer> {
  const { sink, close } = option === 'otel' ? await toOtel() : toLines(option)
  await configure({
    sinks: { sink },
    loggers: [
      { category: 'orders', sinks: ['sink'], lowestLevel: 'info' },
      { category: 'logtape', lowestLevel: 'error' },
    ],
  })
  const log = getLogger('orders')
  const child = log.with(BOUND)
  return {
    info: (message, fields) => log.info(message, fields),
    child: (message, fields) => child.info(message, fields),
    error: (message, fields) => log.error(message, fields),
    off: (message, fields) => log.debug(message, fields),
    ...(close && { close }),
  }
}

interface Way {
  readonly sink: Sink
  readonly close?: () => Promise<void>
}

function toLines(option: string): Way {
  const drop: Sink = (record) => void (line = jsonLinesFormatter(record))
  const write: Sink = (record) => void process.stdout.write(jsonLinesFormatter(record))
  return { sink: option === 'stdout' ? write : drop }
}

async function toOtel(): Promise<Way> {
  const { getOpenTelemetrySink } = await import('@logtape/otel')
  const { startOtel } = await import('./otel-sdk.ts')
  const sdk = await startOtel('protobuf')
  return {
    sink: getOpenTelemetrySink({ loggerProvider: sdk }),
    close: async () => {
      await sdk.forceFlush()
      await sdk.shutdown()
    },
  }
}
