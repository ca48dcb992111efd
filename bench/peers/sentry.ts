/** Sentry's logs, with its defaults. Options: none to send envelopes to the receiver, `drop` for a transport that drops them. */
import * as Sentry from '@sentry/node'
import { endpoint } from '../clew-build.ts'
import type { Peer } from '../peer.ts'
import { BOUND } from '../workload.ts'

const drop = (): ReturnType<typeof Sentry.makeNodeTransport> => ({
  send: () => Promise.resolve({}),
  flush: () => Promise.resolve(true),
})

export function open(option: string): Peer {
  const dsn = new URL(endpoint())
  dsn.username = 'key'
  dsn.pathname = '/1'
  Sentry.init({ dsn: dsn.href, ...(option === 'drop' ? { transport: drop } : undefined) })
  const { logger } = Sentry
  return {
    info: (message, fields) => logger.info(message, fields),
    // There are no children: their fields are merged in.
    child: (message, fields) => logger.info(message, { ...BOUND, ...fields }),
    error: (message, fields) => logger.error(message, fields),
    inSpan: (fn) => Sentry.startSpan({ name: 'bench' }, fn),
    close: () => Sentry.close(60_000),
  }
}
