import type { Signal } from '../spool/index.ts'
import { GrpcSender } from './grpc-sender.ts'
import type { HttpAnswer } from './http-exchange.ts'
import { HttpSender } from './http-sender.ts'
import type { EndpointSettings, EndpointsSettings, ProxySettings, Sender, SendResult, Transport } from './transport.ts'

/** Where all signals go. */
export interface TransportSettings {
  readonly endpoints: EndpointsSettings
  readonly proxy: ProxySettings | undefined
}

/** Hears of what a user should know. */
export type TransportNote = (code: string, message: string) => void

/** What a sender is made of. */
export interface SenderParts {
  readonly signal: Signal
  readonly endpoint: EndpointSettings
  readonly proxy: ProxySettings | undefined
  readonly note: TransportNote
  /** Hears of each answer over HTTP, whatever it is. */
  readonly answered?: (answer: HttpAnswer) => void
}

/** The sender of an endpoint's protocol. */
export function createSender(parts: SenderParts): Sender {
  return parts.endpoint.protocol === 'grpc' ? new GrpcSender(parts) : new HttpSender(parts)
}

/** OTLP to the endpoint of each signal, over HTTP or gRPC. @see https://opentelemetry.io/docs/specs/otlp/ */
export class OtlpTransport implements Transport {
  readonly #senders = new Map<Signal, Sender>()
  /** What was said of each signal since the last success. */
  readonly #said = new Map<Signal, string>()
  readonly #note: TransportNote

  constructor({ endpoints, proxy }: TransportSettings, note: TransportNote) {
    this.#note = note
    for (const signal of ['logs', 'traces', 'metrics'] as const) {
      const endpoint = endpoints[signal]
      if (endpoint === undefined) continue
      this.#senders.set(signal, createSender({ signal, endpoint, proxy, note }))
    }
  }

  async send(signal: Signal, body: Uint8Array): Promise<SendResult> {
    const sender = this.#senders.get(signal)
    if (sender === undefined) return { kind: 'refused', splittable: false, message: `no endpoint for ${signal}` }
    const result = await sender.send(body)
    this.#say(signal, result)
    return result
  }

  /** Once for each mistake in a row: who reads it needs time to put it right. */
  #say(signal: Signal, result: SendResult): void {
    if (result.kind === 'delivered') this.#said.delete(signal)
    if (result.kind !== 'later' || result.cure === undefined || this.#said.get(signal) === result.message) return
    this.#said.set(signal, result.message)
    this.#note('misconfigured', `${result.message}: ${result.cure}; ${signal} wait and are tried again`)
  }

  close(): void {
    for (const sender of this.#senders.values()) sender.close()
  }
}
