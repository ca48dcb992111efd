/** A logger by itself. Options: `pino`, `winston`, `bunyan`, `console`. */
import type { Peer } from '../peer.ts'
import { openExisting } from './existing-loggers.ts'

export function open(option: string): Peer {
  return openExisting(option)
}
