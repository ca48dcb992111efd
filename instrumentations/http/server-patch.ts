import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from '@opentelemetry/api'
import { activeContext, runInContext, isSuppressed, SUPPRESSED } from '../../src/context/index.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import { BrokenRequests } from './broken-requests.ts'
import { EmitPatch, type Emit } from './emit-patch.ts'
import { requestEmit, responseEmit } from './message-patch.ts'
import { IGNORED, REQUEST, serverRequestOf, type Marked } from './request-mark.ts'
import { storeHeader } from './request-id-header.ts'
import { requestTarget } from './request-target.ts'
import { ServerRequest, type ServerParts } from './server-request.ts'
import { startServerSpan } from './server-span.ts'
import { onUncaught } from './uncaught.ts'

type MarkedRequest = IncomingMessage & Marked
type MarkedResponse = ServerResponse & Marked

/** What a server's emitter calls when a listener's promise was rejected, if it was told to look. */
const REJECTION = Symbol.for('nodejs.rejection')

/** Where Node puts the head of an answer together. HTTP/2 has no such place. */
const HEAD_HOOK = '_storeHeader'

/** The events by which a server hands a request to the application. */
function isRequest(event: unknown): boolean {
  return event === 'request' || event === 'checkContinue' || event === 'checkExpectation'
}

/** Puts every request of every HTTP server of the process, also of those that listen already, into a context of its own. */
export class ServerPatch {
  readonly #parts: ServerParts
  readonly #broken = new BrokenRequests()
  readonly #server: EmitPatch
  /** By which requests under way hear of their end. */
  readonly #messages: EmitPatch[]
  readonly #restores: readonly Restore[]
  #http2 = false
  #active = true

  constructor(parts: ServerParts) {
    this.#parts = parts
    // An import of `node:http` as an ES module would load all of `fetch`, since it exports WebSocket.
    const http = process.getBuiltinModule('node:http')
    const https = process.getBuiltinModule('node:https')
    // The servers of http, https and http2 have it in common; http2 need not be loaded for it.
    const servers = process.getBuiltinModule('node:net').Server.prototype
    this.#server = new EmitPatch(servers, (next) => this.#serverEmit(next))
    this.#messages = [
      new EmitPatch(http.IncomingMessage.prototype, requestEmit),
      new EmitPatch(http.ServerResponse.prototype, responseEmit),
    ]
    this.#restores = [
      patchMethod(http.Server.prototype, REJECTION, rejected),
      patchMethod(https.Server.prototype, REJECTION, rejected),
      ...(HEAD_HOOK in http.ServerResponse.prototype
        ? [patchMethod(http.ServerResponse.prototype, HEAD_HOOK, storeHeader)]
        : []),
    ]
  }

  /** Requests that are under way are still told when they end. */
  remove(): void {
    this.#active = false
    this.#server.remove()
    for (const restore of this.#restores) restore()
    this.#parts.requests.whenIdle(() => this.#messages.forEach((patch) => patch.remove()))
  }

  #serverEmit(next: () => Emit): Emit {
    const open = (request: MarkedRequest, response: MarkedResponse): ServerRequest | Context | undefined =>
      this.#open(request, response)
    const broken = (error: unknown, socket: object): void => this.#clientError(error, socket)
    return function emit(...args) {
      if (args[0] === 'clientError') broken(args[1], args[2] as object)
      if (!isRequest(args[0])) return Reflect.apply(next(), this, args)
      const [, request, response] = args as [unknown, MarkedRequest, MarkedResponse]
      const opened = open(request, response)
      if (opened === undefined) return Reflect.apply(next(), this, args)
      if (!(opened instanceof ServerRequest)) return runInContext(opened, Reflect.apply, next(), this, args)
      let returned = false
      // Not caught and thrown again: then a crash would be shown at our line instead of the application's.
      try {
        const heard = runInContext(opened.context, Reflect.apply, next(), this, args)
        returned = true
        return heard
      } finally {
        if (!returned) crashed(opened)
      }
    }
  }

  #clientError(error: unknown, socket: object): void {
    try {
      if (this.#active) this.#broken.tell(error, socket)
    } catch (failure) {
      this.#parts.settings.onError(failure)
    }
  }

  /** Begins a request; answers a bare context for one that is left out, and nothing for one that must be left alone. */
  #open(request: MarkedRequest, response: MarkedResponse): ServerRequest | Context | undefined {
    try {
      if (!this.#active || request[REQUEST] !== undefined || isSuppressed(activeContext())) return undefined
      const { settings } = this.#parts
      const target = requestTarget(request.url)
      if (!this.#http2 && request.httpVersionMajor === 2) this.#patchHttp2(request, response)
      if (settings.isIgnored(target.path)) {
        request[IGNORED] = response[IGNORED] = true
        return SUPPRESSED
      }
      const server = startServerSpan(request, settings, target)
      const opened = new ServerRequest(server, this.#parts, { request, response })
      request[REQUEST] = response[REQUEST] = opened
      if (!(HEAD_HOOK in response)) this.#announce(response, server.requestId)
      return opened
    } catch (error) {
      this.#parts.settings.onError(error)
      return undefined
    }
  }

  /** Where there is no hook, in HTTP/2, the id is among the headers that the application reads. Fails where the answer is out already. */
  #announce(response: ServerResponse, requestId: string): void {
    const { requestIdHeader, onError } = this.#parts.settings
    try {
      response.setHeader(requestIdHeader, requestId)
    } catch (error) {
      onError(error)
    }
  }

  /** The classes of HTTP/2 are not to be had before the first request. */
  #patchHttp2(request: object, response: object): void {
    this.#http2 = true
    this.#messages.push(
      new EmitPatch(Object.getPrototypeOf(request) as object, requestEmit),
      new EmitPatch(Object.getPrototypeOf(response) as object, responseEmit),
    )
  }
}

/** The handler threw, and it is not known yet whether somebody catches it. */
function crashed(opened: ServerRequest): void {
  onUncaught((error, isFatal) => {
    opened.fail(error)
    if (isFatal) opened.close()
  })
}

/** Node answers a rejected handler itself, with 500, and tells nobody why. */
function rejected(next: () => Method): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const [error, , request] = args
    if (typeof request === 'object' && request !== null) serverRequestOf(request)?.fail(error)
    return Reflect.apply(next(), this, args)
  }
}
