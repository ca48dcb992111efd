/** A program: a receiver of OTLP over HTTP (protobuf, JSON) and of Sentry's envelopes, that keeps bodies as they come, counts what is in them when asked, and fails as it is told to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer, onWord } from './child.ts'
import { ReceivedCount, type Body } from './received-count.ts'

/** What it does with requests: answers them, refuses connections, answers 503, or takes them without an answer. */
export type ReceiverState = 'serve' | 'refuse' | 'unavailable' | 'stall'

let kept: Body[] = []
let received = new ReceivedCount()
let state: ReceiverState = 'serve'
let port = 0

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => take(request, response, Buffer.concat(chunks)))
})
server.keepAliveTimeout = 60_000

function take(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const { 'content-encoding': encoding, 'content-type': type = '' } = request.headers
  if (state === 'stall') return
  if (state === 'unavailable') {
    response.writeHead(503, { 'content-length': '0' }).end()
    return
  }
  kept.push({ path: request.url ?? '', encoding, type, body })
  const content = type === 'application/x-protobuf' ? '' : '{}'
  response.writeHead(200, { 'content-type': type || 'application/json', 'content-length': content.length }).end(content)
}

/** Counts what was kept, and lets go of it. */
function count(): ReceivedCount {
  for (const body of kept) received.add(body)
  kept = []
  return received
}

function become(next: ReceiverState): void {
  state = next
  if (next === 'refuse') {
    server.close(() => answer({}))
    server.closeAllConnections()
  } else if (server.listening) answer({})
  else server.listen(port, '127.0.0.1', () => answer({}))
}

server.listen(0, '127.0.0.1', () => {
  port = (server.address() as AddressInfo).port
  answer({ port })
})
onWord({
  /** What came since the last `count`. */
  count: () => {
    answer(count().totals)
    received = new ReceivedCount()
  },
  /** The same, and counts on. */
  tally: () => answer(count().totals),
  serve: () => become('serve'),
  refuse: () => become('refuse'),
  unavailable: () => become('unavailable'),
  stall: () => become('stall'),
})
process.stdin.on('end', () => process.exit(0))
