import { isIP } from 'node:net'
import type { PeerCertificate } from 'node:tls'
import type * as Grpc from '@grpc/grpc-js'
import { GRPC_METHODS } from '../otlp/grpc-methods.ts'
import { CompressionFallback, type CompressionTry } from './compression-fallback.ts'
import { isCompressionUnknown, isSilence, resultOfCall } from './grpc-status.ts'
import type { SenderParts } from './otlp-transport.ts'
import { partialSuccess } from './partial-success.ts'
import { placeOf } from './place.ts'
import { quoted } from './quoted.ts'
import { misconfigured, type Compression, type EndpointSettings, type Sender, type SendResult } from './transport.ts'
import { USER_AGENT } from './user-agent.ts'

const GZIP = 2
const IDENTITY = 0

interface Channel {
  readonly client: Grpc.Client
  readonly compression: Compression
}

/** OTLP over gRPC, with the same bytes as over HTTP. @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc */
export class GrpcSender implements Sender {
  readonly #parts: SenderParts
  readonly #compression: CompressionFallback
  readonly #place: string
  #channel: Channel | undefined
  #closed = false

  constructor(parts: SenderParts) {
    this.#parts = parts
    this.#place = placeOf(parts.endpoint.url)
    this.#compression = new CompressionFallback(parts.endpoint.compression, (from, to) =>
      parts.note('compression', `${this.#place} does not take ${from}: ${to} is used from now on`),
    )
  }

  /** gRPC is loaded when it is first used. */
  async send(body: Uint8Array): Promise<SendResult> {
    let grpc: typeof Grpc
    try {
      grpc = await import('@grpc/grpc-js')
    } catch (error) {
      return misconfigured(`gRPC can't be loaded (${String(error)})`, 'leave @grpc/grpc-js out of a bundle')
    }
    try {
      return await this.#compression.send((compression) => this.#call(grpc, compression, body))
    } catch (error) {
      return { kind: 'later', retryAfterMillis: undefined, message: `${String(error)} at ${this.#place}` }
    }
  }

  #call(grpc: typeof Grpc, compression: Compression, body: Uint8Array): Promise<CompressionTry> {
    const { signal, endpoint } = this.#parts
    const { timeoutMillis, headers } = endpoint
    const { client } = this.#open(grpc, compression)
    const options = { deadline: timeoutMillis === 0 ? Infinity : Date.now() + timeoutMillis }
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    return new Promise((resolve) => {
      client.makeUnaryRequest(
        GRPC_METHODS[signal],
        same,
        same,
        bytes,
        metadataOf(grpc, headers),
        options,
        (error, answer) => resolve(error === null ? this.#delivered(answer) : this.#failed(error, client)),
      )
    })
  }

  #delivered(answer: Buffer | undefined): CompressionTry {
    const { rejected, message } = partialSuccess(answer ?? Buffer.alloc(0), undefined)
    const result = { kind: 'delivered', rejected, message: quoted(message, this.#parts.endpoint.headers) } as const
    return { result, turnedDown: false }
  }

  #failed(error: Grpc.ServiceError, client: Grpc.Client): CompressionTry {
    // A connection that broke without a word would swallow every further call until the system notices: a new one tells.
    if (isSilence(error) && this.#channel?.client === client) this.#hangUp()
    const result = resultOfCall(error, this.#parts.endpoint, this.#place)
    return { result, turnedDown: isCompressionUnknown(error) }
  }

  #open(grpc: typeof Grpc, compression: Compression): Channel {
    if (this.#closed) throw new Error('closed')
    if (this.#channel?.compression !== compression) this.#hangUp()
    return (this.#channel ??= { client: openClient(grpc, this.#parts, compression), compression })
  }

  #hangUp(): void {
    this.#channel?.client.close()
    this.#channel = undefined
  }

  close(): void {
    this.#closed = true
    this.#hangUp()
  }
}

function same(bytes: Buffer): Buffer {
  return bytes
}

function openClient(grpc: typeof Grpc, { endpoint, proxy }: SenderParts, compression: Compression): Grpc.Client {
  const { address, secure } = targetOf(endpoint)
  const ip = secure ? ipOf(address) : undefined
  const credentials = secure ? secureCredentials(grpc, endpoint, ip) : grpc.credentials.createInsecure()
  return new grpc.Client(address, credentials, {
    ...(ip === undefined ? undefined : { 'grpc.ssl_target_name_override': 'localhost' }),
    'grpc.primary_user_agent': USER_AGENT,
    'grpc.default_compression_algorithm': compression === 'gzip' ? GZIP : IDENTITY,
    'grpc.enable_http_proxy': proxy === undefined ? 0 : 1,
    'grpc.service_config_disable_resolution': 1,
    // Its own waits must not outlast those of the lanes.
    'grpc.initial_reconnect_backoff_ms': 250,
    'grpc.max_reconnect_backoff_ms': 1_000,
    'grpc.use_local_subchannel_pool': 1,
  })
}

/** gRPC would ask for an IP address as a server's name, which Node does not allow: it gets another name to ask for, and the certificate is checked for the address. */
function secureCredentials(
  grpc: typeof Grpc,
  { tls }: EndpointSettings,
  ip: string | undefined,
): Grpc.ChannelCredentials {
  const pem = (text: string | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text))
  const { checkServerIdentity } = process.getBuiltinModule('node:tls')
  const verify =
    ip === undefined ? {} : { checkServerIdentity: (_: string, peer: PeerCertificate) => checkServerIdentity(ip, peer) }
  return grpc.credentials.createSsl(pem(tls.certificate), pem(tls.clientKey), pem(tls.clientCertificate), verify)
}

/** The IP address in a target; undefined when it has a name. */
function ipOf(address: string): string | undefined {
  const host = /^(?:dns:(?:\/\/[^/]*\/)?)?\[?([^\]]+?)\]?(?::\d+)?$/.exec(address)?.[1] ?? ''
  return isIP(host) === 0 ? undefined : host
}

/** gRPC has no paths; without a port, that of the scheme. */
function targetOf({ url, insecure }: EndpointSettings): { readonly address: string; readonly secure: boolean } {
  if (!/^https?:\/\//i.test(url)) return { address: url, secure: !insecure }
  const { protocol, hostname, port } = new URL(url)
  const secure = protocol === 'https:'
  return { address: `dns:${hostname}:${port || (secure ? 443 : 80)}`, secure }
}

/** A header whose name ends in `-bin` is written as it goes over the wire: in base64. */
function metadataOf(grpc: typeof Grpc, headers: EndpointSettings['headers']): Grpc.Metadata {
  const metadata = new grpc.Metadata()
  for (const [name, value] of Object.entries(headers))
    metadata.set(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value)
  return metadata
}
