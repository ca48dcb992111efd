import type { IncomingMessage } from 'node:http'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { isError } from '../../src/values/index.ts'
import { isRouteTold, tellRequest } from '../http/index.ts'
import { patchMethod, type Method } from '../method-patch.ts'
import { copies, type FrameworkWatch, type LoadedFiles } from './framework-watch.ts'
import { ownerOf, PatchedCopies, type Quietly } from './patched-copies.ts'

const REPLY = /[\\/]fastify[\\/]lib[\\/]reply\.js$/
const START = 'tracing:fastify.request.handler:start'
const ERROR = 'tracing:fastify.request.handler:error'

interface FastifyRequest {
  readonly raw: IncomingMessage
  readonly is404?: boolean
  readonly routeOptions?: { readonly url?: string }
}

/** @see https://fastify.dev/docs/latest/Reference/Hooks/#diagnostics-channel-hooks */
interface HandlerMessage {
  readonly request: FastifyRequest
  readonly route: { readonly url?: string }
  readonly error?: unknown
}

/**
 * Fastify 5, by its own channels, which tell of each handler, and by the method that sends every answer: what fails in a hook, in a parser or in validation passes there and on no channel.
 */
export class FastifyWatch implements FrameworkWatch {
  readonly name = 'fastify'
  readonly #patched = new PatchedCopies()
  readonly #quietly: Quietly
  #heard = false

  constructor(quietly: Quietly) {
    this.#quietly = quietly
    subscribe(START, this.#started)
    subscribe(ERROR, this.#failed)
  }

  find(files: LoadedFiles): void {
    for (const file in files)
      if (REPLY.test(file)) this.#patch((files[file] as { prototype?: unknown } | undefined)?.prototype)
  }

  add(app: unknown): boolean {
    const key = Object.getOwnPropertySymbols(app).find(({ description }) => description === 'fastify.Reply')
    const reply = key === undefined ? undefined : (app as Record<symbol, { prototype?: unknown }>)[key]
    return this.#patch(reply?.prototype)
  }

  #patch(reply: unknown): boolean {
    const prototype = ownerOf(reply, 'send', 'hijack')
    if (prototype === undefined) return false
    const quietly = this.#quietly
    const onSend = (next: () => Method): Method => {
      return function (...call) {
        const { request } = this as { readonly request: FastifyRequest }
        quietly(() => tellAnswer(request, call[0]))
        return Reflect.apply(next(), this, call)
      }
    }
    this.#patched.patch(prototype, () => [patchMethod(prototype, 'send', onSend)])
    return true
  }

  readonly #started = (message: unknown): void => {
    this.#heard = true
    this.#quietly(() => {
      const { request, route } = message as HandlerMessage
      tellRequest(request.raw, { route: route.url })
    })
  }

  readonly #failed = (message: unknown): void => {
    this.#quietly(() => {
      const { request, error } = message as HandlerMessage
      tellRequest(request.raw, { error })
    })
  }

  stop(): void {
    unsubscribe(START, this.#started)
    unsubscribe(ERROR, this.#failed)
    this.#patched.restore()
  }

  status(): string | undefined {
    if (this.#patched.size > 0) return copies(this.#patched.size)
    return this.#heard
      ? 'a copy in a bundle, by its channels alone: errors of hooks before the handler are not known'
      : undefined
  }
}

/** Errors are sent before the error handler gets them, and mostly by it again. A request that was answered before its handler was reached is told here. */
function tellAnswer(request: FastifyRequest, payload: unknown): void {
  if (isError(payload)) tellRequest(request.raw, { error: payload })
  if (request.is404 !== true && !isRouteTold(request.raw))
    tellRequest(request.raw, { route: request.routeOptions?.url })
}
