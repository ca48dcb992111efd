import { connect, type IncomingHttpHeaders } from 'node:http2'
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { GRPC_METHODS } from '../../src/otlp/grpc-methods.ts'

/** What a call was answered: the bytes of a response, or the status of its failure. */
export type Answer = Buffer | ServiceError

/** What of a call is not as usual. */
export interface CallOptions {
  /** @default that of logs */
  readonly method?: string
  readonly metadata?: Record<string, string>
  /** What the server is called by. @default its address */
  readonly authority?: string
  readonly gzip?: boolean
}

/** Makes one call to a server at `host:port` by the official gRPC client, with these bytes as the message. */
export async function grpcCall(address: string, body: Uint8Array, options: CallOptions = {}): Promise<Answer> {
  const { method = GRPC_METHODS.logs, authority, gzip = false } = options
  const client = new Client(address, credentials.createInsecure(), {
    ...(authority === undefined ? undefined : { 'grpc.default_authority': authority }),
    'grpc.default_compression_algorithm': gzip ? 2 : 0,
    'grpc.use_local_subchannel_pool': 1,
  })
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(options.metadata ?? {})) metadata.set(name, value)
  const same = (bytes: Buffer): Buffer => bytes
  try {
    return await new Promise((resolve) =>
      client.makeUnaryRequest(
        method,
        same,
        same,
        Buffer.from(body),
        metadata,
        { deadline: Date.now() + 20_000 },
        (error, answer) => resolve(error ?? (answer as Buffer)),
      ),
    )
  } finally {
    client.close()
  }
}

/** What a call over HTTP/2 by hand was answered; undefined where the stream or the connection was cut. */
export type RawAnswer = IncomingHttpHeaders | undefined

/** Sends a call to a port of this machine that no gRPC client would make: with these headers besides or instead of the usual, and this body with its frames of messages. */
export async function rawCall(
  port: number,
  headers: Readonly<Record<string, string | undefined>>,
  body: Uint8Array,
): Promise<RawAnswer> {
  const session = connect(`http://127.0.0.1:${port}`).on('error', () => undefined)
  const usual = { ':method': 'POST', ':path': GRPC_METHODS.logs, 'content-type': 'application/grpc', te: 'trailers' }
  const stream = session.request({ ...usual, ...headers })
  let answer: RawAnswer
  stream.on('error', () => undefined)
  stream.on('response', (head) => (answer = head))
  stream.on('trailers', (trailers) => (answer = trailers))
  stream.end(body)
  await new Promise<void>((resolve) => stream.resume().on('close', resolve))
  session.destroy()
  return answer
}

/** A message as gRPC frames it. */
export function framed(message: Uint8Array, compressed = false): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(compressed ? 1 : 0)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}
