/**
 * clew with everything on: trace ids, context, redaction, the spool on disk, delivery. Its defaults, but for the JSON lines on stdout, which have rows of their own.
 * Options: a compression (`gzip` is the default), `console` for JSON lines on stdout and nothing sent, `all` for both.
 */
import { endpoint, home, loadClew } from '../clew-build.ts'
import type { Peer } from '../peer.ts'
import { BOUND } from '../workload.ts'

const FLUSH_MILLIS = 60_000

export async function open(option: string): Promise<Peer> {
  const { getLogger, init } = await loadClew()
  const compression = option === '' || option === 'all' ? undefined : { compression: option as 'gzip' }
  const clew = init({
    service: 'bench',
    level: 'INFO',
    console: { enabled: option === 'console' || option === 'all', format: 'json' },
    otlp: option === 'console' ? false : { endpoint: endpoint(), ...compression },
    home: home(),
  })
  const log = getLogger('orders')
  const child = log.child(BOUND)
  return {
    info: (message, fields) => log.info(message, fields),
    child: (message, fields) => child.info(message, fields),
    error: (message, fields) => log.error(message, fields),
    off: (message, fields) => log.debug(message, fields),
    guarded: (message, fields) => log.debug(() => [message, fields]),
    close: async () => {
      await clew.flush(FLUSH_MILLIS)
      await clew.shutdown()
    },
  }
}
