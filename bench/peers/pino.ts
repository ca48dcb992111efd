/**
 * pino, without trace ids. Options: none for a stream that drops; `redact` for the same with three paths of redaction; `stdout` for its default, stdout; `file` for a file, each line at
 * once; `file-async` for a file, 4 KB at a time; `roll` for pino-roll, in its worker. */
import { once } from 'node:events'
import { join } from 'node:path'
import { destination, pino, transport } from 'pino'
import { home } from '../clew-build.ts'
import type { Peer } from '../peer.ts'
import { BOUND } from '../workload.ts'

type Destination = ReturnType<typeof destination> | ReturnType<typeof transport> | { write(): void }

const REDACT = { redact: ['password', 'headers.authorization', '*.token'] }

export async function open(option: string): Promise<Peer> {
  // Without options in front, pino would take the stream for its options and write to stdout.
  const stream = destinationOf(option)
  if ('ref' in stream) await once(stream, 'ready')
  const log = pino(option === 'redact' ? REDACT : {}, stream)
  const child = log.child(BOUND)
  return {
    info: (message, fields) => log.info(fields, message),
    child: (message, fields) => child.info(fields, message),
    error: (message, fields) => log.error(fields, message),
    off: (message, fields) => log.debug(fields, message),
    close: async () => {
      if (!('end' in stream)) return
      const closed = once(stream, 'close')
      // A worker keeps no program alive by itself.
      if ('ref' in stream) stream.ref()
      stream.end()
      await closed
    },
  }
}

function destinationOf(option: string): Destination {
  const dest = option.startsWith('file') ? join(home(), 'orders.jsonl') : ''
  if (option === 'stdout') return destination(1)
  if (option === 'file') return destination({ dest, sync: true })
  if (option === 'file-async') return destination({ dest, sync: false, minLength: 4_096 })
  if (option === 'roll')
    return transport({ target: 'pino-roll', options: { file: join(home(), 'orders'), size: '10m' } })
  return { write() {} }
}
