import type { Instrumentation, InstrumentationStatus } from '../instrumentation.ts'
import type { ChannelSubscriptions } from './channel-subscriptions.ts'
import type { EmitPatch } from './emit-patch.ts'
import { HttpMetrics } from './http-metrics.ts'
import { resolveHttpSettings, type HttpOptions, type HttpSettings } from './http-settings.ts'
import { patchClientRequests, watchNodeClient } from './node-client.ts'
import { OpenRequests } from './open-requests.ts'
import { OpenCalls } from './open-calls.ts'
import { ServerPatch } from './server-patch.ts'
import { watchUndiciClient } from './undici-client.ts'

/**
 * Tells of every HTTP request that this process answers or makes: a span, a record and a duration each, and a context in which all that happens during a request carries its fields. Covers the
 * servers and clients of `node:http` and `node:https` and what is built on them, servers of `node:http2` by its compatibility API, `fetch` and undici; loaded before or after.
 * @throws TypeError for a name that can't be that of a header, and for proxies that can't be any
 */
export function createHttpInstrumentation(options: HttpOptions = {}): Instrumentation {
  return new HttpInstrumentation(resolveHttpSettings(options))
}

/** What there is while it is at work. */
interface Running {
  readonly metrics: HttpMetrics
  readonly open: OpenCalls
  readonly server: ServerPatch
  readonly clients: readonly ChannelSubscriptions[]
  /** By which calls of `node:http` that are under way hear of their end. */
  readonly calls: EmitPatch
}

class HttpInstrumentation implements Instrumentation {
  readonly name = 'http'
  readonly #settings: HttpSettings
  #running: Running | undefined

  constructor(settings: HttpSettings) {
    this.#settings = settings
  }

  enable(): void {
    if (this.#running !== undefined) return
    const settings = this.#settings
    const metrics = new HttpMetrics(settings.cardinalityLimit)
    const open = new OpenCalls()
    const parts = { settings, metrics, open }
    const clients = [watchNodeClient(parts), watchUndiciClient(parts)]
    const server = new ServerPatch({ settings, metrics, requests: new OpenRequests() })
    this.#running = { metrics, open, server, clients, calls: patchClientRequests(parts) }
  }

  disable(): void {
    if (this.#running === undefined) return
    const { metrics, open, server, clients, calls } = this.#running
    this.#running = undefined
    server.remove()
    for (const client of clients) client.remove()
    open.stop(() => calls.remove())
    metrics.stop()
  }

  status(): InstrumentationStatus {
    const active = this.#running !== undefined
    const detail = active
      ? 'servers and clients of node:http and node:https, servers of node:http2, fetch and undici'
      : 'not enabled: call enable(), or leave http on in init()'
    return { name: this.name, active, detail }
  }
}
