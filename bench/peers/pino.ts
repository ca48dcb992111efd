/**
 * pino, without trace ids. Options: none for a stream that drops; `redact` for the same with three paths of redaction; `stdout` for its default, stdout; `file` for a file, each line at
 * once; `file-async` for a file, 4 KB at a time; `roll` for pino-roll, in its worker. */
import { once, type EventEmitter } from 'node:events'
import { join } from 'node:path'
import { destination, pino, transport, type DestinationStream } from 'pino'
import { home } from '../clew-build.ts'
import type { Peer } from '../peer.ts'
import { BOUND } from '../workload.ts'

const REDACT = { redact: ['password', 'headers.authorization', '*.token'] }

export async function open(option: string): Promise<Peer> {
  // Without options in front, pino would take the stream for its options and write to stdout.
  const { stream, close } = await destinationOf(option)
  const log = pino(option === 'redact' ? REDACT : {}, stream)
  const child = log.child(BOUND)
  return {
    info: (message, fields) => log.info(fields, message),
    child: (message, fields) => child.info(fields, message),
    error: (message, fields) => log.error(fields, message),
    off: (message, fields) => log.debug(fields, message),
    ...(close && { close }),
  }
}

/** Where its lines go, and what ends that. */
interface Destination {
  readonly stream: DestinationStream
  readonly close?: () => Promise<unknown>
}

async function destinationOf(option: string): Promise<Destination> {
  if (option === 'roll') return toWorker()
  if (option === 'file' || option === 'file-async') {
    const dest = join(home(), 'orders.jsonl')
    return closed(destination(option === 'file' ? { dest, sync: true } : { dest, sync: false, minLength: 4_096 }))
  }
  return { stream: option === 'stdout' ? destination(1) : { write() {} } }
}

async function toWorker(): Promise<Destination> {
  const stream = transport({ target: 'pino-roll', options: { file: join(home(), 'orders'), size: '10m' } })
  await once(stream, 'ready')
  const { close } = closed(stream)
  return {
    stream,
    close: () => {
      // A worker keeps no program alive by itself.
      ;(stream as unknown as { ref(): void }).ref()
      return close()
    },
  }
}

function closed<S extends DestinationStream & EventEmitter & { end(): void }>(stream: S) {
  return { stream, close: () => (stream.end(), once(stream, 'close')) }
}
