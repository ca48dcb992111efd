import {
  type Metadata,
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerOptions,
  type ServerUnaryCall,
} from '@grpc/grpc-js'
import type { LogEntry, SpanEntry } from '../../src/otlp/decode-entry.ts'
import { decodeLogs, decodeSpans } from '../../src/otlp/decode-request.ts'
import { countAppPoints } from './app-points.ts'

/** A call that came in. */
export interface GrpcRequest {
  readonly body: Buffer
  readonly metadata: Record<string, unknown>
}

/** What a receiver answers: the bytes of a response, or a status that is no success. */
export type GrpcAnswer = Buffer | { readonly code: number; readonly details: string; readonly metadata?: Metadata }

/** A real OTLP/gRPC receiver that keeps what it was sent. */
export interface GrpcReceiver {
  /** `host:port`. */
  readonly address: string
  readonly logs: LogEntry[]
  readonly spans: SpanEntry[]
  dataPoints: number
  requests: number
  /** Decides on each call; entries are kept only for an answer of bytes. */
  answer: (request: GrpcRequest) => GrpcAnswer | undefined
  close(): void
}

const EMPTY = Buffer.alloc(0)

/** Starts a receiver on a free port, or on the address given; plain unless there are credentials. */
export async function startGrpcReceiver(
  address = '127.0.0.1:0',
  credentials = ServerCredentials.createInsecure(),
  options: ServerOptions = {},
): Promise<GrpcReceiver> {
  const server = new Server(options)
  const keep: Record<string, (body: Buffer) => void> = {
    'logs.v1.LogsService': (body) => void receiver.logs.push(...decodeLogs(body, 'protobuf', 0)),
    'trace.v1.TraceService': (body) => void receiver.spans.push(...decodeSpans(body, 'protobuf').spans),
    'metrics.v1.MetricsService': (body) => void (receiver.dataPoints += countAppPoints(body, 'protobuf')),
  }
  for (const [service, keepBody] of Object.entries(keep)) {
    const path = `/opentelemetry.proto.collector.${service}/Export`
    server.addService({ Export: rawMethod(path) }, { Export: handler(() => receiver, keepBody) })
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(address, credentials, (error, bound) => (error === null ? resolve(bound) : reject(error))),
  )
  const receiver: GrpcReceiver = {
    address: address.replace(/:0$/, `:${port}`),
    logs: [],
    spans: [],
    dataPoints: 0,
    requests: 0,
    answer: () => EMPTY,
    close: () => server.forceShutdown(),
  }
  return receiver
}

function rawMethod(path: string) {
  const same = (bytes: Buffer): Buffer => bytes
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  } as const
}

/** A call that is answered with nothing hangs until its deadline. */
function handler(receiver: () => GrpcReceiver, keep: (body: Buffer) => void) {
  return (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
    receiver().requests++
    const answer = receiver().answer({ body: call.request, metadata: call.metadata.getMap() })
    if (answer === undefined) return
    if (!Buffer.isBuffer(answer)) return callback(answer)
    keep(call.request)
    callback(null, answer)
  }
}
