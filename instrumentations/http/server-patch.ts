import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from '@opentelemetry/api'
import { activeContext, runInContext, isSuppressed, SUPPRESSED } from '../../src/context/index.ts'
import type { DurationMetrics } from './duration-metrics.ts'
import { EmitPatch, type Emit } from './emit-patch.ts'
import { isIgnored, type HttpSettings } from './http-settings.ts'
import { REQUEST, type Marked } from './request-mark.ts'
import { requestTarget } from './request-target.ts'
import { ServerRequest } from './server-request.ts'
import { startServerSpan } from './server-span.ts'

type MarkedRequest = IncomingMessage & Marked
type MarkedResponse = ServerResponse & Marked

/** The events by which a server hands a request to the application. */
function isRequest(event: unknown): boolean {
  return event === 'request' || event === 'checkContinue' || event === 'checkExpectation'
}

/** Puts every request of every HTTP server of the process, also of those that listen already, into a context of its own. */
export class ServerPatch {
  readonly #settings: HttpSettings
  readonly #metrics: DurationMetrics
  readonly #patches: readonly EmitPatch[]
  #active = true

  constructor(settings: HttpSettings, metrics: DurationMetrics) {
    this.#settings = settings
    this.#metrics = metrics
    const server = (next: () => Emit): Emit => this.#serverEmit(next)
    // An import of `node:http` as an ES module would load all of `fetch`, since it exports WebSocket.
    const http = process.getBuiltinModule('node:http')
    const https = process.getBuiltinModule('node:https')
    this.#patches = [
      new EmitPatch(http.Server.prototype, server),
      new EmitPatch(https.Server.prototype, server),
      new EmitPatch(http.IncomingMessage.prototype, messageEmit),
      new EmitPatch(http.ServerResponse.prototype, messageEmit),
    ]
  }

  /** Requests that are under way are still told when they end. */
  remove(): void {
    this.#active = false
    for (const patch of this.#patches) patch.remove()
  }

  #serverEmit(next: () => Emit): Emit {
    const open = (request: MarkedRequest, response: MarkedResponse): ServerRequest | Context | undefined =>
      this.#open(request, response)
    return function emit(...args) {
      if (!isRequest(args[0])) return Reflect.apply(next(), this, args)
      const opened = open(args[1] as MarkedRequest, args[2] as MarkedResponse)
      if (opened === undefined) return Reflect.apply(next(), this, args)
      if (!(opened instanceof ServerRequest)) return runInContext(opened, Reflect.apply, next(), this, args)
      let returned = false
      // Not caught and thrown again: then a crash would be shown at our line instead of the application's.
      try {
        const heard = runInContext(opened.context, Reflect.apply, next(), this, args)
        returned = true
        return heard
      } finally {
        if (!returned) opened.crash()
      }
    }
  }

  /** Begins a request; answers a bare context for one that is left out, and nothing for one that must be left alone. */
  #open(request: MarkedRequest, response: MarkedResponse): ServerRequest | Context | undefined {
    try {
      if (!this.#active || request[REQUEST] !== undefined || isSuppressed(activeContext())) return undefined
      const target = requestTarget(request.url)
      if (isIgnored(target.path, this.#settings)) return SUPPRESSED
      const server = startServerSpan(request, this.#settings, target)
      const opened = new ServerRequest(server, this.#settings, this.#metrics)
      request[REQUEST] = response[REQUEST] = opened
      response.on('close', responseClosed)
      // One that waits behind another on its connection (pipelining) has no socket yet, and hears nothing when the connection breaks.
      if (response.socket === null) request.on('close', waitingRequestClosed.bind(request, response))
      response.setHeader(this.#settings.requestIdHeader, server.requestId)
      return opened
    } catch (error) {
      this.#settings.onError(error)
      return undefined
    }
  }
}

function responseClosed(this: MarkedResponse): void {
  this[REQUEST]?.close(this.req, this)
}

function waitingRequestClosed(this: MarkedRequest, response: MarkedResponse): void {
  if (this.errored !== null) this[REQUEST]?.close(this, response)
}

/**
 * What a connection tells of a message (data, end, close, drain) comes in the connection's context; here it is brought into the request's. What code within the request causes stays in
 * the context of that code.
 */
function messageEmit(next: () => Emit): Emit {
  return function emit(...args) {
    const request = (this as Marked)[REQUEST]
    if (request === undefined || request.isRunning) return Reflect.apply(next(), this, args)
    return runInContext(request.context, Reflect.apply, next(), this, args)
  }
}
