import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { Instrumentation, InstrumentationStatus } from '../instrumentation.ts'
import type { Restore } from '../method-patch.ts'
import { patchBuiltin } from './builtin-patch.ts'
import { patchEngineServer, patchEngineSocket, patchEngineTransport, patchSocketIoEmitter } from './engine-sessions.ts'
import { findLoadedClasses, type ClassName } from './loaded-classes.ts'
import { OpenSessions } from './open-sessions.ts'
import { quietly } from './quietly.ts'
import { patchServerClass } from './server-patch.ts'
import { patchReceiverClass, patchSocketClass } from './socket-patch.ts'
import { isWebSocket, patchUpgrades } from './upgrade-hook.ts'
import { Upgrades } from './upgrade-span.ts'
import type { WebSocketSettings } from './websocket-settings.ts'
import type { LoadedClass } from './ws.ts'

const REQUEST_CREATED = 'http.client.request.created'

/** Two at a time would count everything twice. */
let atWork: OpenSessions | undefined

/**
 * Watches `ws`, and Node's own client, by their classes' methods. Those of `ws`, and of Socket.IO on top of it, are found in the cache of loaded modules: now, and again just before an upgrade is answered or a client connects, the first
 * moments at which a copy loaded later does anything. So neither the order of imports nor the kind of module matters, and there is no hook on module loading.
 */
export class WebSocketInstrumentation implements Instrumentation {
  readonly name = 'websocket'
  readonly #sessions: OpenSessions
  readonly #upgrades: Upgrades
  readonly #patches: Readonly<Record<ClassName, (loaded: LoadedClass) => Restore>>
  readonly #patched = new Map<LoadedClass, Restore>()
  #restores: Restore[] | undefined

  constructor(settings: WebSocketSettings) {
    const sessions = new OpenSessions(settings)
    const upgrades = new Upgrades(settings, sessions.isIgnored)
    this.#sessions = sessions
    this.#upgrades = upgrades
    this.#patches = {
      socket: (loaded) => patchSocketClass(loaded, sessions, settings),
      server: (loaded) => patchServerClass(loaded, sessions, upgrades),
      receiver: patchReceiverClass,
      engineSocket: (loaded) => patchEngineSocket(loaded, settings),
      engineServer: (loaded) => patchEngineServer(loaded, upgrades),
      engineTransport: patchEngineTransport,
      emitter: patchSocketIoEmitter,
    }
  }

  enable(): void {
    if (this.#restores !== undefined || atWork !== undefined) return
    atWork = this.#sessions
    this.#restores = [patchUpgrades(this.#upgrades, () => this.#patchLoaded()), patchBuiltin(this.#sessions)]
    subscribe(REQUEST_CREATED, this.#onRequest)
    quietly(() => this.#patchLoaded())
  }

  /** Also ends the books of the sessions that are open; their connections stay. */
  disable(): void {
    if (atWork === this.#sessions) atWork = undefined
    for (const restore of this.#restores ?? []) restore()
    this.#restores = undefined
    unsubscribe(REQUEST_CREATED, this.#onRequest)
    for (const restore of this.#patched.values()) restore()
    this.#patched.clear()
    this.#sessions.leaveAll()
  }

  status(): InstrumentationStatus {
    const active = this.#restores !== undefined
    if (!active) {
      const detail = atWork === undefined ? 'not enabled' : 'another WebSocket instrumentation of clew is at work'
      return { name: this.name, active, detail }
    }
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
    findLoadedClasses((name, loaded) => {
      if (!this.#patched.has(loaded)) this.#patched.set(loaded, this.#patches[name](loaded))
    })
  }
}
