import * as http from 'node:http'
import * as https from 'node:https'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Signal } from '../spool/index.ts'
import type { SendResult, Transport } from './transport.ts'
import { partialSuccess } from './partial-success.ts'

/** One signal's place to go. Plain data: it crosses into the worker thread. */
export interface EndpointSettings {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly compression: 'gzip' | 'none'
  readonly timeoutMillis: number
}

/** A signal without an endpoint is not sent. */
export type EndpointsSettings = Readonly<Partial<Record<Signal, EndpointSettings>>>

const MAX_RESPONSE_BYTES = 64 * 1024
const RETRYABLE = new Set([408, 429, 502, 503, 504])
const compress = promisify(gzip)

/**
 * OTLP over HTTP, protobuf, kept-alive connections.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export class HttpTransport implements Transport {
  readonly #endpoints: EndpointsSettings
  readonly #agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) }

  constructor(endpoints: EndpointsSettings) {
    this.#endpoints = endpoints
  }

  async send(signal: Signal, body: Uint8Array): Promise<SendResult> {
    const endpoint = this.#endpoints[signal]
    if (endpoint === undefined) return { kind: 'refused', splittable: false, message: `no endpoint for ${signal}` }
    try {
      const compressed = endpoint.compression === 'gzip'
      const payload = compressed ? await compress(body, { level: 1 }) : body
      const { status, headers, content } = await this.#post(endpoint, payload, compressed)
      return resultOf(endpoint.url, status, headers, content)
    } catch (error) {
      return { kind: 'later', retryAfterMillis: undefined, message: `${describe(error)} at ${placeOf(endpoint.url)}` }
    }
  }

  #post(endpoint: EndpointSettings, payload: Uint8Array, compressed: boolean): Promise<Answer> {
    const url = new URL(endpoint.url)
    const secure = url.protocol === 'https:'
    const headers = {
      ...endpoint.headers,
      'content-type': 'application/x-protobuf',
      'content-length': payload.length,
      'user-agent': 'clew-otlp-exporter',
      ...(compressed ? { 'content-encoding': 'gzip' } : undefined),
    }
    const options = {
      method: 'POST',
      headers,
      agent: this.#agents[secure ? 'https' : 'http'],
      signal: AbortSignal.timeout(endpoint.timeoutMillis),
    }
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request(url, options, (response) => readAnswer(response, resolve, reject))
      request.on('error', reject)
      request.end(payload)
    })
  }

  close(): void {
    this.#agents.http.destroy()
    this.#agents.https.destroy()
  }
}

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly content: Buffer
}

function readAnswer(
  response: http.IncomingMessage,
  resolve: (answer: Answer) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = []
  let length = 0
  response.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= MAX_RESPONSE_BYTES) chunks.push(chunk)
  })
  response.on('end', () =>
    resolve({ status: response.statusCode ?? 0, headers: response.headers, content: Buffer.concat(chunks) }),
  )
  response.on('error', reject)
}

function resultOf(url: string, status: number, headers: http.IncomingHttpHeaders, content: Buffer): SendResult {
  if (status >= 200 && status < 300) return { kind: 'delivered', ...partialSuccess(content, headers['content-type']) }
  const message = `HTTP ${status} at ${placeOf(url)}`
  if (RETRYABLE.has(status)) return { kind: 'later', retryAfterMillis: retryAfter(headers['retry-after']), message }
  return { kind: 'refused', splittable: status === 413 || status === 400, message }
}

/** Seconds or a date, as milliseconds from now. */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const millis = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(millis) ? Math.max(0, Math.min(millis, 300_000)) : undefined
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return code ?? message ?? String(error)
}

/** The address without what may be secret in it. */
function placeOf(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}
