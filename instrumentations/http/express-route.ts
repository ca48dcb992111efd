import type { IncomingMessage } from 'node:http'

/** A router's place for a path: of a route, of a middleware, or of a router that is mounted. What is named here differs between Express 4 and 5. */
interface Layer {
  readonly route?: object | null
  readonly handle?: unknown
  /** As the program wrote it, in Express 5. */
  readonly rawPath?: string | RegExp | readonly (string | RegExp)[]
  /** Made from what the program wrote, in Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean }
  readonly keys?: readonly { readonly name: string | number }[]
}

interface ExpressApp {
  readonly _router?: { readonly stack: readonly Layer[] } | null
  readonly router?: { readonly stack: readonly Layer[] }
  readonly parent?: ExpressApp
  readonly mountpath?: unknown
}

interface ExpressRequest extends IncomingMessage {
  readonly app?: ExpressApp
}

const MAX_DEPTH = 16
/** Express 4: a parameter of a path, and the end of one that others follow. */
const PARAMETER = /(\\\/|\/)?\(\?:(?:\\\/|\/)?\(\[\^\\?\/\]\+\?\)\)/g
const END = /\\\/\?\(\?=\\\/\|\$\)$/

/** Where the routes are mounted, by route, and nowhere for those that a function of the program hands to: routers seldom change, and looking through them would be too much for each request. */
const places = new WeakMap<object, readonly string[]>()

/**
 * Where the router that a route belongs to is mounted, as the program wrote it (`/shops/:shop`); found by looking through the routers of the application, so that nothing has to be patched.
 * @param concrete the place as this request has it (`/shops/55`): it tells which one, when a router is mounted more than once
 * @returns undefined when that can't be known: a route of a router without application, or a mount by a pattern
 */
export function expressMount(request: IncomingMessage, route: object, concrete: string): string | undefined {
  let found = places.get(route)
  if (found === undefined) {
    found = mountsOf((request as ExpressRequest).app, route)
    places.set(route, found)
  }
  return found.length === 1 ? found[0] : found.find((mount) => fits(mount, concrete))
}

function mountsOf(app: ExpressApp | undefined, route: object): string[] {
  const stack = stackOf(app)
  if (app === undefined || stack === undefined) return []
  const search: Search = { route, found: [] }
  look(stack, '', search, MAX_DEPTH)
  return search.found.map((mount) => mountOfApp(app, MAX_DEPTH) + mount)
}

/** A router is a function, and an application that a router mounts is one, too. */
function innerStackOf(inner: object): readonly Layer[] | undefined {
  return 'stack' in inner ? (inner.stack as readonly Layer[]) : stackOf(inner)
}

/** Express 4 throws when it is asked for `router`. */
function stackOf(app: ExpressApp | undefined): readonly Layer[] | undefined {
  try {
    return (app?._router ?? app?.router)?.stack
  } catch {
    return undefined
  }
}

function mountOfApp({ parent, mountpath }: ExpressApp, depth: number): string {
  if (parent === undefined || depth === 0) return ''
  return mountOfApp(parent, depth - 1) + (mountpath === '/' ? '' : String(mountpath))
}

interface Search {
  readonly route: object
  readonly found: string[]
}

function look(stack: readonly Layer[], mount: string, search: Search, depth: number): void {
  for (const layer of stack) {
    if (layer.route === search.route) search.found.push(mount)
    const innerStack = depth === 0 || typeof layer.handle !== 'function' ? undefined : innerStackOf(layer.handle)
    if (!Array.isArray(innerStack)) continue
    const own = pathOf(layer)
    if (own !== undefined) look(innerStack, mount + own, search, depth - 1)
  }
}

function pathOf({ rawPath, regexp, keys = [] }: Layer): string | undefined {
  if (rawPath !== undefined) return rawPath === '/' ? '' : String(rawPath)
  if (regexp === undefined) return undefined
  if (regexp.fast_slash === true) return ''
  let at = 0
  const path = regexp.source
    .replace(/^\^/, '')
    .replace(END, '')
    .replace(PARAMETER, () => `/:${String(keys[at++]?.name)}`)
    .replace(/\\([/.\-$])/g, '$1')
  return /[\\()[\]^$|?*+]/.test(path) ? undefined : path
}

/** Whether a mount as it is written could be this place of a request. */
function fits(mount: string, concrete: string): boolean {
  const written = mount.split('/')
  const asked = concrete.split('/')
  return (
    written.length <= asked.length &&
    written.every((part, at) => /[:*{(]/.test(part) || part.toLowerCase() === asked[at]?.toLowerCase())
  )
}
