import type { IncomingMessage, ServerResponse } from 'node:http'
import type { OtlpFormat } from '../../otlp/decode-request.ts'
import { checkCaller } from './caller-check.ts'
import { CONTENT_TYPES, statusBody, successBody } from './otlp-answer.ts'
import type { Receiver } from './receiver.ts'
import { readBody } from './request-body.ts'
import { RETRY_SECONDS, RequestError, statusOf } from './request-error.ts'

const SIGNALS = { '/v1/logs': 'logs', '/v1/traces': 'traces', '/v1/metrics': 'metrics' } as const

/** What a listener for OTLP needs to know. */
export interface OtlpListenerSettings {
  readonly maxBodyBytes: number
  readonly allowedHosts: readonly string[]
  readonly onError: (error: unknown) => void
}

/** Answers OTLP over HTTP, on node:http itself: this is the hot path, and it needs no routes. */
export class OtlpListener {
  readonly #receiver: Receiver
  readonly #settings: OtlpListenerSettings

  constructor(receiver: Receiver, settings: OtlpListenerSettings) {
    this.#receiver = receiver
    this.#settings = settings
  }

  /** Handles one request; never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let format: OtlpFormat = 'json'
    try {
      this.#checkCaller(request, response)
      if (request.method === 'OPTIONS') {
        response.writeHead(204).end()
        return
      }
      const signal = signalOf(request, response)
      format = formatOf(request)
      const body = await readBody(request, this.#settings.maxBodyBytes)
      const partial = await this.#receiver.receive(signal, body, format)
      send(response, 200, format, successBody(format, signal, partial))
    } catch (error) {
      this.#refuse(request, response, format, error)
    }
  }

  #checkCaller(request: IncomingMessage, response: ServerResponse): void {
    const { host, origin } = request.headers
    checkCaller(host, origin, this.#settings.allowedHosts)
    if (origin === undefined) return
    response.setHeader('access-control-allow-origin', origin)
    response.setHeader('vary', 'origin')
    if (request.method !== 'OPTIONS') return
    response.setHeader('access-control-allow-methods', 'POST')
    response.setHeader(
      'access-control-allow-headers',
      request.headers['access-control-request-headers'] ?? 'content-type',
    )
  }

  #refuse(request: IncomingMessage, response: ServerResponse, format: OtlpFormat, error: unknown): void {
    const status = statusOf(error)
    if (status >= 500) this.#settings.onError(error)
    if (response.headersSent || response.destroyed) return
    if (status === 503) response.setHeader('retry-after', String(RETRY_SECONDS))
    if (!request.complete) {
      // What is still coming is read and dropped, or the sender would see a reset instead of the answer.
      response.setHeader('connection', 'close')
      request.resume()
    }
    const message = error instanceof Error ? error.message : String(error)
    send(response, status, format, statusBody(format, status, message))
  }
}

function signalOf(request: IncomingMessage, response: ServerResponse): 'logs' | 'traces' | 'metrics' {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  if (!Object.hasOwn(SIGNALS, path)) {
    throw new RequestError(404, `path: found ${path}, allowed: ${Object.keys(SIGNALS).join(', ')}`)
  }
  if (request.method === 'POST') return SIGNALS[path as keyof typeof SIGNALS]
  response.setHeader('allow', 'POST')
  throw new RequestError(405, `method: found ${request.method}, allowed: POST`)
}

function formatOf(request: IncomingMessage): OtlpFormat {
  const given = request.headers['content-type']
  const type = given?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === CONTENT_TYPES.protobuf) return 'protobuf'
  if (type === CONTENT_TYPES.json) return 'json'
  throw new RequestError(
    415,
    `content-type: found ${given ?? 'none'}, allowed: ${Object.values(CONTENT_TYPES).join(', ')}`,
  )
}

function send(response: ServerResponse, status: number, format: OtlpFormat, body: Buffer): void {
  response.writeHead(status, { 'content-type': CONTENT_TYPES[format], 'content-length': body.length }).end(body)
}
