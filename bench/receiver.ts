/** A program: an OTLP/HTTP receiver that keeps bodies as they come, and counts what is in them when asked. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { countDataPoints } from '../src/otlp/decode-request.ts'
import { readScopes } from '../src/otlp/decode-scopes.ts'
import { ProtobufReader } from '../src/otlp/protobuf-reader.ts'
import { answer, onWord } from './child.ts'

/** What came since the last count. */
export interface Received {
  readonly requests: number
  /** On the wire, without headers. */
  readonly bytes: number
  readonly logs: number
  readonly spans: number
  readonly points: number
}

interface Kept {
  readonly path: string
  readonly zipped: boolean
  readonly body: Buffer
}

let kept: Kept[] = []

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    kept.push(keep(request, chunks))
    response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': '0' }).end()
  })
})

function keep(request: IncomingMessage, chunks: Buffer[]): Kept {
  const zipped = request.headers['content-encoding'] === 'gzip'
  return { path: request.url ?? '', zipped, body: Buffer.concat(chunks) }
}

function count(): Received {
  let [bytes, logs, spans, points] = [0, 0, 0, 0]
  for (const { path, zipped, body } of kept) {
    const content = zipped ? gunzipSync(body) : body
    bytes += body.length
    if (path === '/v1/logs') logs += countItems(content)
    else if (path === '/v1/traces') spans += countItems(content)
    else points += countDataPoints(content, 'protobuf')
  }
  const requests = kept.length
  kept = []
  return { requests, bytes, logs, spans, points }
}

function countItems(content: Buffer): number {
  let items = 0
  const reader = new ProtobufReader(content)
  readScopes(reader, () => {
    reader.skip(0x12)
    items++
  })
  return items
}

server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => answer({ port: (server.address() as AddressInfo).port }))
onWord({ count: () => answer(count()) })
process.stdin.on('end', () => process.exit(0))
