/**
 * clew with everything on: trace ids, context, redaction, the spool on disk, delivery. Its defaults, but for the JSON lines on stdout, which have rows of their own.
 * Options: `database` for rows in SQLite and nothing sent, `both` for rows and what is sent, a compression (`gzip` is the default), `console`, `human` and `logfmt` for lines on stdout and nothing sent, `file` for JSON lines in files and nothing sent, `all` for stdout and what is sent.
 */
import { join } from 'node:path'
import { endpoint, home, loadClew } from '../clew-build.ts'
import type { Peer } from '../peer.ts'
import { BOUND } from '../workload.ts'

const FLUSH_MILLIS = 60_000

export async function open(option: string): Promise<Peer> {
  const { audit, getLogger, init } = await loadClew()
  const lines = ['console', 'human', 'logfmt'].includes(option)
  const sends = !lines && option !== 'file' && option !== 'database'
  const compression = ['', 'all', 'both'].includes(option) || !sends ? undefined : { compression: option as 'gzip' }
  const clew = init({
    service: 'bench',
    level: 'INFO',
    console: {
      enabled: lines || option === 'all',
      format: option === 'human' || option === 'logfmt' ? option : 'json',
    },
    file: { enabled: option === 'file', path: join(home(), 'orders.jsonl'), backupCount: 1_000 },
    database: option === 'database' || option === 'both',
    otlp: !sends ? false : { endpoint: endpoint(), ...compression },
    home: home(),
  })
  const log = getLogger('orders')
  const child = log.child(BOUND)
  return {
    info: (message, fields) => log.info(message, fields),
    child: (message, fields) => child.info(message, fields),
    error: (message, fields) => log.error(message, fields),
    audit: (message, details) => audit.userAction({ user: 'u1', action: 'resume_upload', message, details }),
    off: (message, fields) => log.debug(message, fields),
    guarded: (message, fields) => log.debug(() => [message, fields]),
    close: async () => {
      await clew.flush(FLUSH_MILLIS)
      await clew.shutdown()
    },
  }
}
