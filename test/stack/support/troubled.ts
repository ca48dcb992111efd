/**
 * A service to which all happens that the examples are spared, each by a request of its own: `POST /redis`.
 * REDIS_URL; OTEL_* and CLEW_* are read by clew. Run with --unhandled-rejections=warn, so that a rejection does not end it.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from 'redis'
import { WebSocketServer } from 'ws'
import { audit, getLogger, init } from 'clew'

const SLOW_SCRIPT = 'local n = 0; for i = 1, 20000000 do n = n + i end; return n'
const PING_MILLIS = 400
const MORE_THAN_A_SOCKET_HOLDS = 16_000_000

const clew = init({
  service: 'troubled',
  volume: [
    { component: 'sampled', sample: 0.1 },
    { component: 'hurried', perSecond: 2 },
    { component: 'repeating', repeatMillis: 60_000 },
  ],
})
const log = getLogger('trouble')
const redis = createClient({ url: process.env['REDIS_URL'] ?? '' })
redis.on('error', () => {})
await redis.connect()

// A port that nobody listens on any more.
const gone = createServer().listen(0, '127.0.0.1')
await once(gone, 'listening')
const deserted = (gone.address() as AddressInfo).port
await once(gone.close(), 'close')

const steps: Readonly<Record<string, () => Promise<unknown>>> = {
  async '/redis'() {
    await redis.set('text', 'value')
    await redis.lPush('text', 'value').catch(() => {})
    await redis.eval(SLOW_SCRIPT)
  },
  async '/calls'() {
    await fetch(`http://127.0.0.1:${deserted}/nobody-is-there`).catch(() => {})
  },
  async '/volume'() {
    for (let number = 0; number < 50; number++) {
      getLogger('sampled').info('one of many')
      getLogger('hurried').info('too fast')
      getLogger('repeating').info('again')
    }
  },
  async '/audit'() {
    audit.logout({ user: 'u-trouble' })
    audit.dataAccess({ user: 'u-trouble', resource: 'resume', id: 'r-1', subject: 'c-lin', purpose: 'curiosity' })
  },
  async '/rejection'() {
    void Promise.reject(new Error('nobody caught this'))
  },
  async '/unwanted'() {
    log.operation('unwanted', () => log.info('the receiver does not want this'))
    await clew.flush()
  },
}

const server = createServer((request, response) => {
  const step = steps[request.url ?? '']
  void (step?.() ?? Promise.resolve()).then(() => response.writeHead(step === undefined ? 404 : 200).end())
})
const sockets = new WebSocketServer({
  server,
  verifyClient: ({ req }: { req: IncomingMessage }) => req.url === '/live',
})
sockets.on('connection', (socket) => {
  socket.on('error', () => {})
  socket.ping()
  const pings = setInterval(() => socket.ping(), PING_MILLIS)
  socket.on('close', () => clearInterval(pings))
  socket.send(Buffer.alloc(MORE_THAN_A_SOCKET_HOLDS))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`listening on ${(server.address() as AddressInfo).port}`)

process.once('SIGTERM', () => {
  for (const socket of sockets.clients) socket.terminate()
  server.close()
  void redis.close().then(() => clew.shutdown())
})
