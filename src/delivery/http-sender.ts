import { compress } from './compress.ts'
import { CompressionFallback, type CompressionTry } from './compression-fallback.ts'
import { exchange, type HttpTarget } from './http-exchange.ts'
import { failureOf, resultOf } from './http-status.ts'
import type { SenderParts } from './otlp-transport.ts'
import { placeOf } from './place.ts'
import type { Compression, Sender, SendResult } from './transport.ts'
import { USER_AGENT } from './user-agent.ts'

/** A smaller body fits into one packet as it is: nothing to gain. */
const MIN_COMPRESSED_BYTES = 1_024

/** OTLP over HTTP, protobuf or JSON. @see https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export class HttpSender implements Sender {
  readonly #parts: SenderParts
  readonly #target: HttpTarget
  readonly #compression: CompressionFallback
  readonly #place: string

  constructor(parts: SenderParts) {
    const { endpoint, note } = parts
    this.#parts = parts
    this.#target = openTarget(parts)
    this.#place = placeOf(endpoint.url)
    this.#compression = new CompressionFallback(endpoint.compression, (from, to) =>
      note('compression', `${this.#place} does not take ${from}: ${to} is used from now on`),
    )
  }

  async send(body: Uint8Array): Promise<SendResult> {
    try {
      const content = await this.#content(body)
      if (content.length < MIN_COMPRESSED_BYTES) return (await this.#post(content, 'none')).result
      return await this.#compression.send((compression) => this.#post(content, compression))
    } catch (error) {
      return failureOf(error, this.#place)
    }
  }

  /** What turns requests into JSON is loaded when it is needed. */
  async #content(body: Uint8Array): Promise<Buffer> {
    if (this.#parts.endpoint.protocol !== 'http/json') return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    const { requestJson } = await import('../otlp/request-json.ts')
    return Buffer.from(requestJson(this.#parts.signal, body))
  }

  async #post(content: Buffer, compression: Compression): Promise<CompressionTry> {
    const { endpoint } = this.#parts
    const payload = await compress(content, compression)
    const headers = {
      ...endpoint.headers,
      'content-type': endpoint.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
      'content-length': payload.length,
      'user-agent': USER_AGENT,
      ...(compression === 'none' ? undefined : { 'content-encoding': compression }),
    }
    const answer = await exchange(this.#target, headers, payload)
    this.#parts.answered?.(answer)
    // Receivers that do not know zstd take it for a broken body.
    const turnedDown = answer.status === 415 || (answer.status === 400 && compression === 'zstd')
    return { result: resultOf(answer, endpoint, this.#place), turnedDown }
  }

  close(): void {
    this.#target.agent.destroy()
  }
}

/** Importing `node:http` as an ES module would load all of `fetch`, since it exports WebSocket. */
function openTarget({ endpoint, proxy }: SenderParts): HttpTarget {
  const url = new URL(endpoint.url)
  const { timeoutMillis } = endpoint
  const { certificate: ca, clientKey: key, clientCertificate: cert } = endpoint.tls
  const options = { keepAlive: true, ...(proxy === undefined ? undefined : { proxyEnv: { ...proxy } }) }
  if (url.protocol === 'http:') {
    const { Agent, request } = process.getBuiltinModule('node:http')
    return { url, agent: new Agent(options), request, timeoutMillis }
  }
  const { Agent, request } = process.getBuiltinModule('node:https')
  return { url, agent: new Agent({ ...options, ca, key, cert }), request, timeoutMillis }
}
