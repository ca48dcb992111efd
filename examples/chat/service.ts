/**
 * One of several chat services: its visitors are on WebSockets, and what they say reaches those of all services by a stream in Redis. PORT, REDIS_URL and CLIENT (`redis` or `ioredis`) are all it
 * reads itself; OTEL_SERVICE_NAME, which every service needs one of its own of, is read by clew.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { getLogger, init } from 'clew'
import { withMessageContext } from 'clew/instrumentations/redis'
import { openStream } from './stream.ts'

const clew = init({ websocket: { messageContext: true }, redis: { streamContext: true } })
const log = getLogger('chat')
const { PORT = '3000', REDIS_URL = 'redis://127.0.0.1:6379', CLIENT } = process.env

const stream = await openStream(REDIS_URL, clew.status().service, CLIENT)
const server = createServer()
const sockets = new WebSocketServer({ server, path: '/chat' })
sockets.on('connection', (socket) => {
  // In the trace of whoever said it, which the message carries.
  socket.on('message', (text: Buffer) => {
    void log.operation('post', () => stream.add({ text: text.toString() }))
  })
})

const ending = new AbortController()
/** In the trace of whoever added the entry: it ends at the sockets of this service. */
function deliver(entry: unknown): void {
  withMessageContext(entry, () =>
    log.operation('deliver', { fields: { visitors: sockets.clients.size } }, () => {
      for (const socket of sockets.clients) socket.send(stream.fieldsOf(entry)['text'] ?? '')
    }),
  )
}
async function readOn(): Promise<void> {
  while (!ending.signal.aborted) for (const entry of await stream.read()) deliver(entry)
}
const reading = readOn().catch((error: unknown) => {
  if (!ending.signal.aborted) log.critical('the stream can not be read any more', error)
})

server.listen(Number(PORT), '127.0.0.1')
await once(server, 'listening')
console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)

async function stop(): Promise<void> {
  ending.abort()
  for (const socket of sockets.clients) socket.close(1001, 'the service is stopping')
  sockets.close()
  server.close()
  await stream.close()
  await reading
  await clew.shutdown()
}
process.once('SIGTERM', () => void stop())
process.once('SIGINT', () => void stop())
