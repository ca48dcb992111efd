import type { Signal } from '../spool/index.ts'

/** One signal's place to go, and how. Plain data: it crosses into the worker thread. */
export interface EndpointSettings {
  /** With gRPC this may also be a target without `http:` or `https:`. */
  readonly url: string
  readonly protocol: 'http/protobuf' | 'http/json' | 'grpc'
  /** By names in lower case. Never shown. */
  readonly headers: Readonly<Record<string, string>>
  readonly compression: Compression
  /** 0 for no limit. */
  readonly timeoutMillis: number
  /** Whether gRPC to a target without a scheme goes without TLS. */
  readonly insecure: boolean
  /** PEM texts. */
  readonly tls: { readonly certificate?: string; readonly clientKey?: string; readonly clientCertificate?: string }
}

/** How a body is made smaller. */
export type Compression = 'gzip' | 'zstd' | 'none'

/** A signal without an endpoint is not sent. */
export type EndpointsSettings = Readonly<Partial<Record<Signal, EndpointSettings>>>

/** The variables that name a proxy. */
export interface ProxySettings {
  readonly http_proxy?: string
  readonly https_proxy?: string
  readonly no_proxy?: string
}

/** What became of a request. */
export type SendResult =
  /** The receiver has it. `rejected` counts what it took but will not keep. */
  | { readonly kind: 'delivered'; readonly rejected: number; readonly message: string }
  /** The receiver can't take it now: the same request may go out again. With a cure, not before somebody has done something about it. */
  | {
      readonly kind: 'later'
      readonly retryAfterMillis: number | undefined
      readonly message: string
      readonly cure?: string
    }
  /** The receiver will never take it; `splittable` when a smaller part of it might pass. */
  | { readonly kind: 'refused'; readonly splittable: boolean; readonly message: string }

/** Takes request bodies to a receiver, each once. */
export interface Transport {
  /** Sends one export request. Never rejects: what went wrong is in the result. */
  send(signal: Signal, body: Uint8Array): Promise<SendResult>
  /** Lets go of sockets. */
  close(): void
}

/** Takes the request bodies of one signal to its endpoint, each once. */
export interface Sender {
  /** Sends one export request. Never rejects. */
  send(body: Uint8Array): Promise<SendResult>
  /** Lets go of sockets. */
  close(): void
}

/** How long to wait where somebody has to do something first. A flush tries at once. */
export const CURE_RETRY_MILLIS = 30_000

/** For a mistake in the set-up: what was sent stays, and is tried again at a slow pace. */
export function misconfigured(message: string, cure: string): SendResult {
  return { kind: 'later', retryAfterMillis: CURE_RETRY_MILLIS, message, cure }
}
