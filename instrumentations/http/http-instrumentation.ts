import type { Instrumentation, InstrumentationStatus } from '../instrumentation.ts'
import type { ChannelSubscriptions } from './channel-subscriptions.ts'
import { DurationMetrics } from './duration-metrics.ts'
import { DEFAULT_HTTP_SETTINGS, type HttpOptions, type HttpSettings } from './http-settings.ts'
import { watchNodeClient } from './node-client.ts'
import { ServerPatch } from './server-patch.ts'
import { watchUndiciClient } from './undici-client.ts'

/**
 * Tells of every HTTP request that this process answers or makes: a span, a record and a duration each, and a context in which all that happens during a request carries its fields. Covers the
 * servers and clients of `node:http` and `node:https` and what is built on them, `fetch` and undici; loaded before or after.
 * @throws TypeError when `requestIdHeader` can't be the name of a header
 */
export function createHttpInstrumentation(options: HttpOptions = {}): Instrumentation {
  return new HttpInstrumentation({ ...DEFAULT_HTTP_SETTINGS, ...options })
}

class HttpInstrumentation implements Instrumentation {
  readonly name = 'http'
  readonly #settings: HttpSettings
  #parts: { readonly server: ServerPatch; readonly clients: readonly ChannelSubscriptions[] } | undefined

  constructor(settings: HttpSettings) {
    process.getBuiltinModule('node:http').validateHeaderName(settings.requestIdHeader)
    this.#settings = {
      ...settings,
      requestIdHeader: settings.requestIdHeader.toLowerCase(),
      onError: quiet(settings.onError),
    }
  }

  enable(): void {
    if (this.#parts !== undefined) return
    const parts = { settings: this.#settings, metrics: new DurationMetrics() }
    this.#parts = {
      server: new ServerPatch(this.#settings, parts.metrics),
      clients: [watchNodeClient(parts), watchUndiciClient(parts)],
    }
  }

  disable(): void {
    this.#parts?.server.remove()
    for (const client of this.#parts?.clients ?? []) client.remove()
    this.#parts = undefined
  }

  status(): InstrumentationStatus {
    const active = this.#parts !== undefined
    const detail = active
      ? 'servers and clients of node:http and node:https, fetch and undici'
      : 'not enabled: call enable(), or leave http on in init()'
    return { name: this.name, active, detail }
  }
}

/** The one who is told of failures must not make another. */
function quiet(onError: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      onError(error)
    } catch {
      // there is nobody left to tell
    }
  }
}
