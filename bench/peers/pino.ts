/** pino, without trace ids. Options: none for a stream that drops; `redact` for the same with three paths of redaction; `stdout` for its default, stdout. */
import { destination, pino } from 'pino'
import type { Peer } from '../peer.ts'
import { BOUND } from '../workload.ts'

const REDACT = { redact: ['password', 'headers.authorization', '*.token'] }

export function open(option: string): Peer {
  // Without options in front, pino would take the stream for its options and write to stdout.
  const log = pino(option === 'redact' ? REDACT : {}, option === 'stdout' ? destination(1) : { write() {} })
  const child = log.child(BOUND)
  return {
    info: (message, fields) => log.info(fields, message),
    child: (message, fields) => child.info(fields, message),
    off: (message, fields) => log.debug(fields, message),
  }
}
