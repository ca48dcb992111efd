import type { IncomingMessage } from 'node:http'
import { tellRequest } from '../http/index.ts'
import { patchMethod, type Method, type Restore } from '../method-patch.ts'
import { copies, type FrameworkWatch, type LoadedFiles } from './framework-watch.ts'
import { ownerOf, PatchedCopies, type Quietly } from './patched-copies.ts'

/** Of packages alone: programs have files of their own that are called so. */
const ROUTER = /[\\/]node_modules[\\/](?:express\w*[\\/]lib[\\/]router|router)[\\/]index\.js$/
const LAYER = /[\\/]node_modules[\\/](?:express\w*[\\/]lib[\\/]router|router[\\/]lib)[\\/]layer\.js$/
/** Routers that have it keep the errors of a request where `http` finds them, and need nothing of all this. */
const TRACING = 'tracing.js'

/** How the method is called in Express 4, and in 5. */
const ERROR_METHODS = ['handle_error', 'handleError'] as const

/** What two routers use as signals, in the place of an error. */
const SIGNALS = new Set<unknown>(['route', 'router'])

/**
 * The errors of Express 4, and of Express 5 before router 2.3: by the method that hands an error to the next place in a router, and by the one that all of a router's requests go through, where an error leaves
 * the last router. Routes need no patch, and neither does a newer Express.
 */
export class ExpressWatch implements FrameworkWatch {
  readonly name = 'express'
  readonly #patched = new PatchedCopies()
  readonly #quietly: Quietly
  #newer = 0

  constructor(quietly: Quietly) {
    this.#quietly = quietly
  }

  find(files: LoadedFiles): void {
    this.#newer = 0
    for (const file in files) {
      if (LAYER.test(file)) {
        if (file.replace(/layer\.js$/, TRACING) in files) this.#newer++
        else this.#patchLayer((files[file] as { prototype?: unknown } | undefined)?.prototype)
      } else if (ROUTER.test(file) && hasLayer(file, files) && !hasTracing(file, files)) this.#patchRouter(files[file])
    }
  }

  /** An application, or a router, that has at least one route or middleware. */
  add(app: unknown): boolean {
    const { _router, stack } = app as { _router?: unknown; stack?: unknown }
    const own = Array.isArray(stack) ? app : (_router ?? routerOf(app))
    const [layer] = (own as { stack?: unknown[] } | undefined)?.stack ?? []
    if (layer === undefined || !this.#patchLayer(layer)) return false
    this.#patchRouter(own)
    return true
  }

  #patchLayer(layer: unknown): boolean {
    const name = ERROR_METHODS.find((method) => ownerOf(layer, method) !== undefined)
    if (name === undefined) return false
    const prototype = ownerOf(layer, name) as object
    const quietly = this.#quietly
    const onError = (next: () => Method): Method => {
      return function (...call) {
        quietly(() => tellError(call[1] as IncomingMessage, call[0]))
        return Reflect.apply(next(), this, call)
      }
    }
    this.#patched.patch(prototype, () => [patchMethod(prototype, name, onError)])
    return true
  }

  #patchRouter(router: unknown): void {
    const target = routerPrototype(router)
    if (target !== undefined) this.#patched.patch(target, () => [this.#onLeave(target)])
  }

  /** Only the outermost router is followed: what leaves an inner one comes to it. */
  #onLeave(target: object): Restore {
    const quietly = this.#quietly
    const inside = new WeakSet<IncomingMessage>()
    return patchMethod(target, 'handle', (next): Method => {
      return function (...call) {
        const [request, response, done] = call
        if (
          typeof done !== 'function' ||
          typeof request !== 'object' ||
          request === null ||
          inside.has(request as IncomingMessage)
        )
          return Reflect.apply(next(), this, call)
        inside.add(request as IncomingMessage)
        const leave = function (this: unknown, ...left: unknown[]): unknown {
          inside.delete(request as IncomingMessage)
          quietly(() => tellError(request as IncomingMessage, left[0]))
          return Reflect.apply(done, this, left)
        }
        return Reflect.apply(next(), this, [request, response, leave, ...call.slice(3)])
      }
    })
  }

  stop(): void {
    this.#patched.restore()
  }

  status(): string | undefined {
    const count = this.#newer + Math.ceil(this.#patched.size / 2)
    return count === 0 ? undefined : copies(count)
  }
}

/** Express 4 throws when it is asked. */
function routerOf(app: unknown): unknown {
  try {
    return (app as { router?: unknown }).router
  } catch {
    return undefined
  }
}

/** Beside it in Express 4, in a folder in 5. */
function hasLayer(file: string, files: LoadedFiles): boolean {
  return [file.replace(/index\.js$/, 'layer.js'), file.replace(/([\\/])index\.js$/, '$1lib$1layer.js')].some(
    (layer) => layer in files,
  )
}

function hasTracing(file: string, files: LoadedFiles): boolean {
  const tracing = file.replace(/index\.js$/, '')
  return Object.keys(files).some((other) => other.startsWith(tracing) && other.endsWith(TRACING))
}

/** Routers are functions whose prototype has the methods; what the package exports is that prototype itself in Express 4, and its maker in 5. */
function routerPrototype(router: unknown): object | undefined {
  return (
    ownerOf(router, 'handle', 'use') ??
    ownerOf((router as { prototype?: unknown } | undefined)?.prototype, 'handle', 'use')
  )
}

function tellError(request: IncomingMessage, error: unknown): void {
  if (error !== undefined && error !== null && !SIGNALS.has(error)) tellRequest(request, { error })
}
