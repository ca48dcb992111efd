import { randomInt } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { LogEntry } from '../../src/otlp/decode-entry.ts'
import { decodeLogs } from '../../src/otlp/decode-request.ts'

/** One request to a receiver. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Reads the request to its end; its body, decompressed. */
  readonly body: () => Promise<Buffer>
  /** Takes the records in a body, but for so many of the last: they have arrived. */
  readonly keep: (body: Buffer, allBut?: number) => void
}

/** What a receiver does with a request. */
export type Behaviour = (exchange: Exchange) => Promise<void> | void

/** A real OTLP/HTTP receiver that can be told how to behave, and can be away for a while. */
export class FaultReceiver {
  readonly port: number
  /** Records in the order in which they arrived, those that came twice too. */
  readonly logs: LogEntry[] = []
  /** Requests in which a record came that had come before. */
  doubledRequests = 0
  /** Requests whose body is not what it should be. */
  unreadable = 0
  behave: Behaviour = healthy
  readonly #uids = new Set<unknown>()
  #server: ReturnType<typeof createServer> | undefined

  private constructor(port: number) {
    this.port = port
  }

  static async start(): Promise<FaultReceiver> {
    const receiver = new FaultReceiver(FIRST_PORT + (nextPort++ % PORTS))
    try {
      await receiver.open()
      return receiver
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return FaultReceiver.start()
      throw error
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Listens, again after `close`. */
  async open(): Promise<void> {
    const server = createServer((request, response) => void this.#receive(request, response))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.port, '127.0.0.1', resolve)
    })
    this.#server = server
  }

  /** From now on connections are refused. */
  async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    await new Promise((resolve) => {
      server.close(resolve)
      server.closeAllConnections()
    })
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.behave({
        request,
        response,
        body: () => readBody(request),
        keep: (body, allBut = 0) => this.#keep(request, body, allBut),
      })
    } catch {
      // The sender went away in the middle of it, as a sender may.
      response.destroy()
    }
  }

  #decode(body: Buffer): LogEntry[] {
    try {
      return decodeLogs(body, 'protobuf', 0)
    } catch (error) {
      this.unreadable++
      throw error
    }
  }

  #keep(request: IncomingMessage, body: Buffer, allBut: number): void {
    if (request.url !== '/v1/logs') return
    const entries = this.#decode(body)
    entries.length -= allBut
    const uids = entries.map(({ attributes }) => attributes['log.record.uid'])
    if (uids.some((uid) => this.#uids.has(uid))) this.doubledRequests++
    for (const uid of uids) this.#uids.add(uid)
    this.logs.push(...entries)
  }
}

const PORTS = 4_000
/** Below the range that systems take ports for clients from: one that connects to an unused port of that range may meet itself. Apart from those of the other test process. */
const FIRST_PORT = 20_000 + (Number(process.env['VITEST_POOL_ID'] ?? 0) % 3) * PORTS
let nextPort = randomInt(PORTS)

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const payload = Buffer.concat(chunks)
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(payload) : payload
}

/** Takes everything. */
export const healthy: Behaviour = async ({ body, keep, response }) => {
  keep(await body())
  response.end()
}

/** Takes nothing, and says so. */
export function status(code: number, headers: Record<string, string> = {}): Behaviour {
  return async ({ body, response }) => {
    await body()
    response.writeHead(code, headers).end()
  }
}

/** Takes everything and answers 200 with this. */
export function answering(content: string | Buffer, contentType = 'application/x-protobuf'): Behaviour {
  return async ({ body, keep, response }) => {
    keep(await body())
    response.writeHead(200, { 'content-type': contentType }).end(content)
  }
}

/** Never answers. */
export const silent: Behaviour = ({ request }) => void request.resume()

/** Answers with a byte a second, without end, and has taken nothing. */
export const slowLoris: Behaviour = async ({ request, response }) => {
  request.resume()
  response.writeHead(200, { 'content-length': 1_000_000 })
  while (!response.destroyed) {
    response.write('x')
    await delay(1_000, undefined, { ref: false })
  }
}

/** Cuts the connection as soon as the request begins. */
export const resetInRequest: Behaviour = ({ request }) => void request.socket.resetAndDestroy()

/** Takes everything, begins to answer and cuts the connection. */
export const resetInAnswer: Behaviour = async ({ body, keep, request }) => {
  keep(await body())
  const half = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf'
  await new Promise((resolve) => request.socket.write(half, resolve))
  request.socket.resetAndDestroy()
}

/** Answers with these bytes, whatever they are, and ends the connection. Has taken nothing. */
export function rawAnswer(text: string): Behaviour {
  return async ({ body, request }) => {
    await body()
    request.socket.end(text)
  }
}

/** Behaves in this way a few times, then as the next one says. */
export function times(count: number, behaviour: Behaviour, next: Behaviour = healthy): Behaviour {
  let left = count
  return (exchange) => (left-- > 0 ? behaviour(exchange) : next(exchange))
}
