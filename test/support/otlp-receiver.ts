import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { LogEntry, SpanEntry } from '../../src/otlp/decode-entry.ts'
import { countDataPoints, decodeLogs, decodeSpans } from '../../src/otlp/decode-request.ts'

/** What a receiver answers; 200 unless told otherwise. */
export interface ReceiverAnswer {
  readonly status: number
  readonly headers?: Record<string, string>
}

/** A real OTLP/HTTP receiver that keeps what it was sent. */
export interface OtlpReceiver {
  readonly url: string
  readonly logs: LogEntry[]
  readonly spans: SpanEntry[]
  dataPoints: number
  requests: number
  /** Decides on each request; entries are kept only for a 2xx answer. */
  answer: (request: IncomingMessage, body: Buffer) => ReceiverAnswer
  close(): Promise<void>
}

/** Starts a receiver on a free port, or on the one given. */
export async function startReceiver(port = 0): Promise<OtlpReceiver> {
  const server = createServer((request, response) => void receive(receiver, request, response))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    logs: [],
    spans: [],
    dataPoints: 0,
    requests: 0,
    answer: () => ({ status: 200 }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}

async function receive(receiver: OtlpReceiver, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  receiver.requests++
  const payload = Buffer.concat(chunks)
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(payload) : payload
  const { status, headers } = receiver.answer(request, body)
  if (status < 300) keep(receiver, request, body)
  response.writeHead(status, headers).end()
}

function keep(receiver: OtlpReceiver, request: IncomingMessage, body: Buffer): void {
  if (request.url === '/v1/logs') for (const entry of decodeLogs(body, 'protobuf', 0)) receiver.logs.push(entry)
  else if (request.url === '/v1/traces') receiver.spans.push(...decodeSpans(body, 'protobuf').spans)
  else receiver.dataPoints += countDataPoints(body, 'protobuf')
}
