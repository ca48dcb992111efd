import { lookup } from 'node:dns/promises'
import type * as Grpc from '@grpc/grpc-js'
import { GRPC_METHODS } from '../../otlp/grpc-methods.ts'
import { DRAIN_MILLIS, ServerStartError, startError } from '../listen.ts'
import { checkCaller } from './caller-check.ts'
import { grpcStatusOf } from './grpc-status.ts'
import { successBody } from './otlp-answer.ts'
import type { OtlpListenerSettings } from './otlp-listener.ts'
import type { Receiver } from './receiver.ts'

type Signal = keyof typeof GRPC_METHODS

const PLACE = 'gRPC port'
const MINUTE = 60_000

/** Answers OTLP over gRPC: by the same checks, limits and decoding as over HTTP, on another port. */
export class GrpcListener {
  readonly #grpc: typeof Grpc
  readonly #server: Grpc.Server
  readonly #receiver: Receiver
  readonly #settings: OtlpListenerSettings

  /** Loads gRPC. @throws {ServerStartError} when it can't be loaded. */
  static async create(receiver: Receiver, settings: OtlpListenerSettings): Promise<GrpcListener> {
    try {
      return new GrpcListener(await import('@grpc/grpc-js'), receiver, settings)
    } catch (error) {
      throw new ServerStartError(
        `gRPC can't be loaded (${String(error)}); leave @grpc/grpc-js out of a bundle, or leave gRPC out by grpcPort: false`,
        { cause: error },
      )
    }
  }

  private constructor(grpc: typeof Grpc, receiver: Receiver, settings: OtlpListenerSettings) {
    this.#grpc = grpc
    this.#receiver = receiver
    this.#settings = settings
    // Channelz stays on: without it, forceShutdown leaves connections open (grpc-js 1.14).
    this.#server = new grpc.Server({
      interceptors: [this.#callerCheck()],
      'grpc.max_receive_message_length': settings.maxBodyBytes,
      'grpc.max_concurrent_streams': 100,
      // A peer that is gone, and a call that never ends, hold their memory no longer than their connection; clients open a new one.
      'grpc.keepalive_time_ms': MINUTE,
      'grpc.max_connection_age_ms': 30 * MINUTE,
      'grpc.max_connection_age_grace_ms': 5 * MINUTE,
    })
    for (const [signal, path] of Object.entries(GRPC_METHODS)) {
      this.#server.register(path, this.#handler(signal as Signal), same, same, 'unary')
    }
  }

  /** Listens; resolves to the port. @throws {ServerStartError} when it can't. */
  async listen(host: string, port: number): Promise<number> {
    try {
      // As a server of Node's does, at the first address that the name has. Given the name, gRPC would read schemes into it.
      const { address, family } = await lookup(host)
      return await this.#bind(family === 6 ? `[${address}]:${port}` : `${address}:${port}`)
    } catch (error) {
      throw startError(PLACE, host, port, error)
    }
  }

  /** Takes no more calls, lets those under way finish for a bounded time, then cuts. */
  async close(): Promise<void> {
    const cut = setTimeout(() => this.#server.forceShutdown(), DRAIN_MILLIS)
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()))
    clearTimeout(cut)
  }

  #bind(address: string): Promise<number> {
    const credentials = this.#grpc.ServerCredentials.createInsecure()
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(address, credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)))
    })
  }

  /** Refuses callers before their message is read. */
  #callerCheck(): Grpc.ServerInterceptor {
    return (_, call) =>
      new this.#grpc.ServerInterceptingCall(call, {
        start: (next) =>
          next({
            onReceiveMetadata: (metadata, forward) => {
              try {
                checkCaller(call.getHost(), metadata.get('origin')[0]?.toString(), this.#settings.allowedHosts)
              } catch (error) {
                return call.sendStatus(grpcStatusOf(this.#grpc, error))
              }
              forward(metadata)
            },
          }),
      })
  }

  #handler(signal: Signal): Grpc.handleUnaryCall<Buffer, Buffer> {
    return (call, answer) => {
      this.#receiver.receive(signal, call.request, 'protobuf').then(
        (partial) => answer(null, successBody('protobuf', signal, partial)),
        (error: unknown) => {
          const status = grpcStatusOf(this.#grpc, error)
          if (status.code === this.#grpc.status.INTERNAL || status.code === this.#grpc.status.UNAVAILABLE)
            this.#settings.onError(error)
          answer(status)
        },
      )
    }
  }
}

function same(bytes: Buffer): Buffer {
  return bytes
}
