import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { Instrumentation, InstrumentationStatus } from '../instrumentation.ts'
import { patchBuiltin } from './builtin-patch.ts'
import { loadedClasses } from './loaded-classes.ts'
import type { Restore } from '../method-patch.ts'
import { OpenSessions } from './open-sessions.ts'
import { quietly } from './quietly.ts'
import { patchServerClass } from './server-patch.ts'
import { patchSocketClass } from './socket-patch.ts'
import { isWebSocket, patchUpgrades } from './upgrade-hook.ts'
import type { WebSocketSettings } from './websocket-settings.ts'
import type { ServerClass, SocketClass } from './ws.ts'

const DEFAULT_SUMMARY_MILLIS = 300_000
const REQUEST_CREATED = 'http.client.request.created'

/**
 * Watches `ws`, and Node's own client, by their classes' methods. Those of `ws` are found in the cache of loaded modules: now, and again just before an upgrade is answered or a client connects, the first
 * moments at which a copy loaded later does anything. So neither the order of imports nor the kind of module matters, and there is no hook on module loading.
 */
export class WebSocketInstrumentation implements Instrumentation {
  readonly name = 'websocket'
  readonly #settings: WebSocketSettings
  readonly #sessions: OpenSessions
  readonly #patched = new Map<SocketClass | ServerClass, Restore>()
  #restores: Restore[] | undefined

  constructor(settings: WebSocketSettings) {
    this.#settings = settings
    this.#sessions = new OpenSessions(settings.summaryMillis ?? DEFAULT_SUMMARY_MILLIS)
  }

  enable(): void {
    if (this.#restores !== undefined) return
    this.#restores = [patchUpgrades(this.#settings, () => this.#patchLoaded()), patchBuiltin(this.#sessions)]
    subscribe(REQUEST_CREATED, this.#onRequest)
    quietly(() => this.#patchLoaded())
  }

  /** Also ends the books of the sessions that are open; their connections stay. */
  disable(): void {
    for (const restore of this.#restores ?? []) restore()
    this.#restores = undefined
    unsubscribe(REQUEST_CREATED, this.#onRequest)
    for (const restore of this.#patched.values()) restore()
    this.#patched.clear()
    this.#sessions.leaveAll()
  }

  status(): InstrumentationStatus {
    const active = this.#restores !== undefined
    if (!active) return { name: this.name, active, detail: 'not enabled' }
    const ws =
      this.#patched.size > 0
        ? 'ws'
        : 'ws when it is first used (a copy bundled into another file is not seen: leave ws out of the bundle)'
    const detail = `${ws}, and Node's own client: ${this.#sessions.size} open sessions`
    return { name: this.name, active, detail }
  }

  readonly #onRequest = (message: unknown): void => {
    quietly(() => {
      const { request } = message as { request: ClientRequest }
      if (isWebSocket(request.getHeader('upgrade'))) this.#patchLoaded()
    })
  }

  #patchLoaded(): void {
    const { sockets, servers } = loadedClasses()
    for (const loaded of sockets) this.#patch(loaded, () => patchSocketClass(loaded, this.#sessions))
    for (const loaded of servers) this.#patch(loaded, () => patchServerClass(loaded, this.#sessions, this.#settings))
  }

  #patch(loaded: SocketClass | ServerClass, patch: () => Restore): void {
    if (!this.#patched.has(loaded)) this.#patched.set(loaded, patch())
  }
}
