import type { IncomingMessage } from 'node:http'
import { tellRequest } from '../http/index.ts'
import { patchMethod, type Method } from '../method-patch.ts'
import { copies, type FrameworkWatch, type LoadedFiles } from './framework-watch.ts'
import { ownerOf, PatchedCopies, type Quietly } from './patched-copies.ts'
import { requireFromProgram, resolveFromProgram } from './program-require.ts'

const HANDLER_FILE = '@nestjs/core/exceptions/exceptions-handler.js'
const HANDLER = /[\\/]@nestjs[\\/]core[\\/]exceptions[\\/]exceptions-handler\.js$/
/** A small package in CommonJS that Nest loads, and hardly anybody else. */
const SIGN = /[\\/]iterare[\\/]lib[\\/]index\.js$/

interface ArgumentsHost {
  getType?(): string
  getArgByIndex(index: number): unknown
}

interface RoutesResolver {
  readonly routerExceptionsFilter?: { create(instance: object, callback: () => void, moduleKey: undefined): object }
}

/**
 * NestJS, by the method that every exception of a request goes through before a filter gets it. The route is told by Express or Fastify underneath. Nest 12 is ES modules only: its file is asked for as the
 * program would find it, where a package that it loads shows that it is in use.
 */
export class NestWatch implements FrameworkWatch {
  readonly name = 'nest'
  readonly #patched = new PatchedCopies()
  readonly #quietly: Quietly
  #searched = false

  constructor(quietly: Quietly) {
    this.#quietly = quietly
  }

  find(files: LoadedFiles): void {
    for (const file in files) if (HANDLER.test(file)) this.#patchExported(files[file])
    const signs = Object.keys(files).filter((file) => SIGN.test(file))
    if (this.#searched || signs.length === 0) return
    this.#searched = true
    if (this.#patched.size > 0) return
    this.#patchExported(requireFromProgram(resolveFromProgram(HANDLER_FILE, signs), HANDLER))
  }

  #patchExported(exported: unknown): void {
    this.#patch((exported as { ExceptionsHandler?: { prototype?: unknown } } | undefined)?.ExceptionsHandler?.prototype)
  }

  #patch(handler: unknown): boolean {
    const prototype = ownerOf(handler, 'next', 'invokeCustomFilters') ?? ownerOf(handler, 'next', 'invokeCustomFilter')
    if (prototype === undefined) return false
    const quietly = this.#quietly
    const onException = (next: () => Method): Method => {
      return function (...call) {
        const [error, host] = call
        quietly(() => tellException(error, host as ArgumentsHost))
        return Reflect.apply(next(), this, call)
      }
    }
    this.#patched.patch(prototype, () => [patchMethod(prototype, 'next', onException)])
    return true
  }

  /** An application knows who makes its handlers of exceptions: one of them leads to the class. */
  add(app: unknown): boolean {
    const { routesResolver } = app as { routesResolver?: RoutesResolver }
    const handler = routesResolver?.routerExceptionsFilter?.create({}, () => {}, undefined)
    return this.#patch(handler)
  }

  stop(): void {
    this.#patched.restore()
  }

  status(): string | undefined {
    if (this.#patched.size > 0) return copies(this.#patched.size)
    return this.#searched ? 'not found, so that errors are not known' : undefined
  }
}

function tellException(error: unknown, host: ArgumentsHost): void {
  if (host.getType?.() !== 'http') return
  const request = host.getArgByIndex(0) as IncomingMessage & { readonly raw?: IncomingMessage }
  tellRequest(request.raw ?? request, { error })
}
