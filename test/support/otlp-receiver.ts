import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { LogEntry, SpanEntry } from '../../src/otlp/decode-entry.ts'
import { decodeLogs, decodeSpans } from '../../src/otlp/decode-request.ts'
import { countAppPoints } from './app-points.ts'

/** What a receiver answers; 200 unless told otherwise. */
export interface ReceiverAnswer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}

/** A real OTLP/HTTP receiver that keeps what it was sent. */
export interface OtlpReceiver {
  readonly url: string
  readonly logs: LogEntry[]
  readonly spans: SpanEntry[]
  /** Of the application. */
  dataPoints: number
  requests: number
  /** Decides on each request; entries are kept only for a 2xx answer. */
  answer: (request: IncomingMessage, body: Buffer) => ReceiverAnswer
  close(): Promise<void>
}

/** Starts a receiver on a free port, or on the one given; with TLS where there are options for it. */
export async function startReceiver(port = 0, tls?: ServerOptions): Promise<OtlpReceiver> {
  const listener = (request: IncomingMessage, response: ServerResponse) => void receive(receiver, request, response)
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const receiver: OtlpReceiver = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
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
  const body = DECODERS[request.headers['content-encoding'] ?? 'none']?.(payload) ?? payload
  const answer = receiver.answer(request, body)
  if (answer.status < 300) keep(receiver, request, body)
  response.writeHead(answer.status, answer.headers).end(answer.body)
}

const DECODERS: Readonly<Record<string, (payload: Buffer) => Buffer>> = { gzip: gunzipSync, zstd: zstdDecompressSync }

function keep(receiver: OtlpReceiver, request: IncomingMessage, body: Buffer): void {
  const format = request.headers['content-type'] === 'application/json' ? 'json' : 'protobuf'
  if (request.url === '/v1/logs') for (const entry of decodeLogs(body, format, 0)) receiver.logs.push(entry)
  else if (request.url === '/v1/traces') receiver.spans.push(...decodeSpans(body, format).spans)
  else if (request.url === '/v1/metrics') receiver.dataPoints += countAppPoints(body, format)
}
