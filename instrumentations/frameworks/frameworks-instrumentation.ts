import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { loadBeside } from '../../src/loading/index.ts'
import type { Instrumentation, InstrumentationStatus } from '../instrumentation.ts'
import type * as WatchesModule from './watches.ts'

/** Node tells of each request before its server does. @see https://nodejs.org/api/diagnostics_channel.html#http */
const REQUEST_STARTED = 'http.server.request.start'
/** Of HTTP/2, older Nodes tell no requests, but connections. */
const CONNECTED = 'net.server.socket'
const HTTP2_SERVER = /^Http2(?:Secure)?Server$/

const CURE =
  'where routes or errors are missing, as of a copy in a bundle, or of a Hono application that answered before clew started: observeFramework(app) of clew/instrumentations/frameworks'

/** What was observed, for instrumentations to come; an application that the program has let go is not kept. */
const applications = new Set<WeakRef<object>>()
const running = new Set<FrameworksInstrumentation>()

/**
 * Has Express, Fastify, Hono, Koa and NestJS tell the route of each request and what its handler failed at, for what the HTTP instrumentation says of it. Frameworks are looked for when a server gets its first
 * request, since what answers it is loaded then, before or after clew started; a program without a server loads nothing of this.
 * @param onError hears of our own failures; they never reach the application
 */
export function createFrameworksInstrumentation(onError: (error: unknown) => void): Instrumentation {
  return new FrameworksInstrumentation(onError)
}

class FrameworksInstrumentation implements Instrumentation {
  readonly name = 'frameworks'
  readonly #onError: (error: unknown) => void
  #seen = new WeakSet<object>()
  #watches: WatchesModule.Watches | undefined

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  enable(): void {
    if (running.has(this)) return
    running.add(this)
    subscribe(REQUEST_STARTED, this.#requestStarted)
    subscribe(CONNECTED, this.#connected)
    for (const app of living()) if (!this.add(app)) this.#onError(unknownApp())
  }

  disable(): void {
    running.delete(this)
    unsubscribe(REQUEST_STARTED, this.#requestStarted)
    unsubscribe(CONNECTED, this.#connected)
    this.#watches?.stop()
    this.#watches = undefined
    this.#seen = new WeakSet()
  }

  add(app: object): boolean {
    return this.#loaded().add(app)
  }

  readonly #requestStarted = (message: unknown): void => this.#serves((message as { server: object }).server)

  readonly #connected = (message: unknown): void => {
    const { server } = (message as { socket: { server?: object | null } }).socket
    if (server !== undefined && server !== null && HTTP2_SERVER.test(server.constructor.name)) this.#serves(server)
  }

  #serves(server: object): void {
    if (this.#seen.has(server)) return
    this.#seen.add(server)
    this.#find()
  }

  #find(): WatchesModule.Watches | undefined {
    try {
      const watches = this.#loaded()
      watches.find()
      return watches
    } catch (error) {
      this.#onError(error)
      return undefined
    }
  }

  #loaded(): WatchesModule.Watches {
    this.#watches ??= new (watchesModule().Watches)(this.#onError)
    return this.#watches
  }

  /** Express needs no copy to be found for its routes, and since 5.3 none for its errors. */
  status(): InstrumentationStatus {
    const active = running.has(this)
    if (!active) return { name: this.name, active, detail: 'not enabled: call enable(), or leave http on in init()' }
    const found = this.#find()?.status() ?? ''
    return { name: this.name, active, detail: `${found === '' ? 'none found so far' : found}; ${CURE}` }
  }
}

/**
 * Has an application of Express, Fastify, Hono, Koa or NestJS tell its routes and errors that clew can't find by itself (its status says which): one that a bundler has merged into another file, or a Hono application
 * that has answered before clew started. May be called before `init()`; for Express and NestJS when the routes are there. The application is held weakly.
 * @throws TypeError for what is no such application
 */
export function observeFramework(app: object): void {
  for (const instrumentation of running) if (!instrumentation.add(app)) throw unknownApp()
  if (!living().includes(app)) applications.add(new WeakRef(app))
}

function living(): object[] {
  return [...applications].flatMap((reference) => {
    const app = reference.deref()
    if (app === undefined) applications.delete(reference)
    return app ?? []
  })
}

function unknownApp(): TypeError {
  return new TypeError('observeFramework: allowed: an application of Express, Fastify, Hono, Koa or NestJS')
}

function watchesModule(): typeof WatchesModule {
  return loadBeside<typeof WatchesModule>(import.meta.url, './watches', () => require('./watches.js'))
}
