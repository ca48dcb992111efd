import type { IncomingMessage } from 'node:http'
import { tellRequest } from '../http/index.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import { copies, type FrameworkWatch, type LoadedFiles } from './framework-watch.ts'
import { ownerOf, PatchedCopies, type Quietly } from './patched-copies.ts'

const APPLICATION = /[\\/]koa[\\/]lib[\\/]application\.js$/

interface RouterLayer {
  readonly path: unknown
  readonly methods: readonly string[]
}

/** What Koa, and @koa/router, keep of a request. */
interface KoaContext {
  readonly req: IncomingMessage
  readonly method: string
  readonly _matchedRoute?: unknown
  readonly matched?: readonly RouterLayer[]
}

/**
 * Koa 2 and 3, by two methods that all applications of a copy share: one makes the context of a request, the other tells of its errors. A listener for errors would change what Koa does with them.
 * The route stands in the context when the request is over, whichever copy of @koa/router put it there.
 */
export class KoaWatch implements FrameworkWatch {
  readonly name = 'koa'
  readonly #patched = new PatchedCopies()
  readonly #quietly: Quietly

  constructor(quietly: Quietly) {
    this.#quietly = quietly
  }

  find(files: LoadedFiles): void {
    for (const file in files)
      if (APPLICATION.test(file)) this.add((files[file] as { prototype?: object } | undefined)?.prototype)
  }

  add(app: unknown): boolean {
    const prototype = ownerOf(app, 'createContext', 'handleRequest')
    if (prototype === undefined) return false
    this.#patched.patch(prototype, () => [this.#onContext(prototype), this.#onError(prototype)])
    return true
  }

  #onContext(prototype: object): Restore {
    const quietly = this.#quietly
    return patchMethod(prototype, 'createContext', (next): Method => {
      return function (...call) {
        const context = Reflect.apply(next(), this, call) as KoaContext
        quietly(() => tellRequest(context.req, { later: () => ({ route: routeOf(context), error: undefined }) }))
        return context
      }
    })
  }

  #onError(prototype: object): Restore {
    const quietly = this.#quietly
    return patchMethod(prototype, 'emit', (next): Method => {
      return function (...call) {
        const [event, error, context] = call
        const request = event === 'error' ? (context as Partial<KoaContext> | undefined)?.req : undefined
        if (request !== undefined) quietly(() => tellRequest(request, { error }))
        return Reflect.apply(next(), this, call)
      }
    })
  }

  stop(): void {
    this.#patched.restore()
  }

  status(): string | undefined {
    return this.#patched.size === 0 ? undefined : copies(this.#patched.size)
  }
}

/** A router's own middleware has a path, too, and answers in place of a route now and then. */
function routeOf({ _matchedRoute, matched = [], method }: KoaContext): string | undefined {
  if (_matchedRoute === undefined) return undefined
  const routes = matched.filter(({ methods }) => methods.includes(method)).map(({ path }) => path)
  const route = routes.length === 0 || routes.includes(_matchedRoute) ? _matchedRoute : routes.at(-1)
  return String(route)
}
