import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { WebSocket, WebSocketServer, type ServerOptions } from 'ws'
import type { Instrumentation } from '../../instrumentations/instrumentation.ts'
import { createWebSocketInstrumentation } from '../../instrumentations/websocket/index.ts'
import { untilPasses } from '../support/until-passes.ts'

/** A server of `ws` with the instrumentation at work, for one test. */
export class SessionTrial {
  readonly server: WebSocketServer
  readonly url: string
  readonly #instrumentation: Instrumentation

  private constructor(server: WebSocketServer, instrumentation: Instrumentation) {
    this.server = server
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    this.#instrumentation = instrumentation
  }

  static async start(
    settings: Parameters<typeof createWebSocketInstrumentation>[0] = {},
    options: ServerOptions = {},
  ): Promise<SessionTrial> {
    const instrumentation = createWebSocketInstrumentation(settings)
    instrumentation.enable()
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options })
    await once(server, 'listening')
    return new SessionTrial(server, instrumentation)
  }

  async open(path = '/', ...more: [string[]?, object?]): Promise<WebSocket> {
    const client = new WebSocket(this.url + path, ...(more as []))
    await once(client, 'open')
    return client
  }

  /** Opens a client, does something with it, closes it, and waits until both ends have told it. */
  async visit(
    path: string,
    use: (client: WebSocket) => unknown = () => {},
    ...more: [string[]?, object?]
  ): Promise<void> {
    const client = await this.open(path, ...more)
    await use(client)
    if (client.readyState !== WebSocket.CLOSED) {
      client.close(1000, 'done')
      await once(client, 'close')
    }
    await this.closed()
  }

  async closed(): Promise<void> {
    await untilPasses(() => expect(this.#instrumentation.status().detail).toMatch(/\b0 open sessions/))
  }

  async stop(): Promise<void> {
    for (const client of this.server.clients) client.terminate()
    this.server.close()
    await this.closed()
    this.#instrumentation.disable()
  }
}
