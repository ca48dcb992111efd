import { tellRequest } from '../http/index.ts'
import { patchMethod, type Method } from '../method-patch.ts'
import { copies, type FrameworkWatch, type LoadedFiles } from './framework-watch.ts'
import { hearHono, watchedMatch, watchRouter, type HonoRouter } from './hono-match.ts'
import { ownerOf, PatchedCopies, type Quietly } from './patched-copies.ts'
import { requireFromProgram, resolveFromProgram } from './program-require.ts'

const CJS_ROUTER = /[\\/]hono[\\/]dist[\\/]cjs[\\/]router[\\/]smart-router[\\/]router\.js$/
const ESM_ROUTER = /[\\/]hono[\\/]dist[\\/]router[\\/]smart-router[\\/]router\.js$/

/**
 * Hono, by the router that its applications find their handlers with: it chooses its way at its first request, so that one of an application that has answered before stays unheard. Hono is two sets of
 * modules; the CommonJS one is found where it is loaded, the other one by its file, where the server of `@hono/node-server` is in use.
 */
export class HonoWatch implements FrameworkWatch {
  readonly name = 'hono'
  readonly #patched = new PatchedCopies()
  #searched = false
  #heard = false

  constructor(quietly: Quietly) {
    hearHono((request, later) => {
      this.#heard = true
      quietly(() => tellRequest(request, { later }))
    })
  }

  find(files: LoadedFiles): void {
    for (const file in files) if (CJS_ROUTER.test(file)) this.#patchSmart(files[file])
    if (this.#searched || !isServing()) return
    this.#searched = true
    const router = resolveFromProgram('hono')?.replace(/cjs([\\/])index\.js$/, 'router$1smart-router$1router.js')
    this.#patchSmart(requireFromProgram(router, ESM_ROUTER))
  }

  #patchSmart(exported: unknown): void {
    this.#patch((exported as { SmartRouter?: { prototype?: unknown } } | undefined)?.SmartRouter?.prototype)
  }

  #patch(router: unknown): void {
    const prototype = ownerOf(router, 'match', 'add')
    if (prototype === undefined) return
    const onMatch = (next: () => Method): Method => {
      return function (...call) {
        const result: unknown = Reflect.apply(next(), this, call)
        watchRouter(this as HonoRouter)
        return watchedMatch(result)
      }
    }
    this.#patched.patch(prototype, () => [patchMethod(prototype, 'match', onMatch)])
  }

  add(app: unknown): boolean {
    const { router, fetch } = app as { router?: HonoRouter; fetch?: unknown }
    if (typeof fetch !== 'function' || typeof router?.match !== 'function') return false
    if (Object.hasOwn(router, 'match')) watchRouter(router)
    else this.#patch(router)
    return true
  }

  stop(): void {
    hearHono(undefined)
    this.#patched.restore()
  }

  status(): string | undefined {
    if (this.#heard) return 'heard'
    if (this.#patched.size > 0) return `${copies(this.#patched.size)}, nothing heard so far`
    return this.#searched ? 'not found, so that routes and errors are not known' : undefined
  }
}

/** `@hono/node-server` puts a class of its own in front of `Response`. The plain one is not loaded by this look. */
function isServing(): boolean {
  const value: unknown = Object.getOwnPropertyDescriptor(globalThis, 'Response')?.value
  return typeof value === 'function' && Object.getPrototypeOf(value) !== Function.prototype
}
