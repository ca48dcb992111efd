/**
 * A service that holds job interviews: an HTTP API, live transcripts over WebSocket, Redis behind it.
 * PORT (0 takes a free one) and REDIS_URL (without it, sessions are kept in memory) are all it reads itself; OTEL_* and LOG_* are read by clew.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { getLogger, init } from 'clew'
import { createApi } from './api.ts'
import { startIdentityProvider } from './identity-provider.ts'
import { serveTranscripts } from './live.ts'
import { openSessionStore } from './session-store.ts'

// Express, ws and redis are imported already, above and in the other files: the order does not matter.
const clew = init({ service: 'interviews' })
const log = getLogger('service')

const identity = await startIdentityProvider()
const store = await openSessionStore(process.env['REDIS_URL'])
const app = express()
  .disable('x-powered-by')
  .use(createApi({ store, identityUrl: identity.url }))
const server = createServer(app)
const live = serveTranscripts(server)

server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1')
await once(server, 'listening')
console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)

async function stop(signal: NodeJS.Signals): Promise<void> {
  log.info('stopping', { signal })
  const closed = once(server, 'close')
  server.close()
  await live.close()
  await closed
  await Promise.all([store.close(), identity.close()])
  await clew.shutdown()
}

process.once('SIGTERM', (signal) => void stop(signal))
process.once('SIGINT', (signal) => void stop(signal))
