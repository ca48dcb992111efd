import type { IncomingMessage } from 'node:http'

/** A router of Hono's. Once it has chosen its way it has a method of its own to match with. */
export interface HonoRouter {
  match: (this: unknown, ...call: unknown[]) => unknown
}

/** What is told of a request, once it is over. */
type TellHono = (
  request: IncomingMessage | undefined,
  later: () => { route: string | undefined; error: unknown },
) => void

interface HonoContext {
  readonly env?: { readonly incoming?: IncomingMessage }
  readonly req: { readonly routeIndex: number }
  readonly error?: unknown
}

type Handler = (this: unknown, context: HonoContext, next: unknown) => unknown

interface HonoRoute {
  readonly path: string
  readonly method: string
  readonly handler: Handler & { readonly __COMPOSED_HANDLER?: Handler }
}

/** A handler with its route, and what is told of the path's parameters. */
type Matched = readonly [readonly [Handler, HonoRoute], ...unknown[]]

let hearing: TellHono | undefined
const watched = new WeakSet<HonoRouter>()
const watchedLists = new WeakMap<readonly Matched[], readonly Matched[]>()

/** Who hears of the requests that Hono finds handlers for; nobody, and everything passes as it is. */
export function hearHono(tell: TellHono | undefined): void {
  hearing = tell
}

/** Watches a router that has chosen its way: a method of its own is not reached by its class any more. Stays, and only passes on when nobody hears. */
export function watchRouter(router: HonoRouter): void {
  if (watched.has(router) || !Object.hasOwn(router, 'match')) return
  watched.add(router)
  const { match } = router
  router.match = function (...call) {
    return watchedMatch(Reflect.apply(match, this, call))
  }
}

/** What a router has found, with the first handler watched: all others run inside of it. Lists that a router keeps are made once. */
export function watchedMatch(result: unknown): unknown {
  const [handlers, ...rest] = result as [readonly Matched[], ...unknown[]]
  if (hearing === undefined || !Array.isArray(handlers) || handlers.length === 0) return result
  let list = watchedLists.get(handlers)
  if (list === undefined) {
    list = watchedHandlers(handlers)
    watchedLists.set(handlers, list)
  }
  return [list, ...rest]
}

function watchedHandlers(handlers: readonly Matched[]): readonly Matched[] {
  const [[[handler, route], ...parameters], ...others] = handlers as [Matched, ...Matched[]]
  const first: Handler = function (context, next) {
    const thrown: { error?: unknown } = {}
    tell(context, handlers, thrown)
    const failed = (error: unknown): never => {
      thrown.error = error
      throw error
    }
    let answer: unknown
    try {
      answer = Reflect.apply(handler, this, [context, next])
    } catch (error) {
      failed(error)
    }
    // In the chain, not beside it: of a promise that two wait for, V8 leaves the callers out of the stacks of errors.
    return answer instanceof Promise ? answer.then(undefined, failed) : answer
  }
  return [[[first, route], ...parameters], ...others]
}

function tell(context: HonoContext, handlers: readonly Matched[], thrown: { readonly error?: unknown }): void {
  hearing?.(context.env?.incoming, () => ({ route: routeOf(context, handlers), error: context.error ?? thrown.error }))
}

/** The route of the handler that was reached last, or that would have been, had a middleware not answered. */
function routeOf({ req: { routeIndex } }: HonoContext, handlers: readonly Matched[]): string | undefined {
  const routes = handlers.slice(routeIndex).map(([[, route]]) => route)
  const found = routes.find((route) => !isMiddleware(route))?.path ?? routes[0]?.path
  return found === '*' || found === '/*' ? undefined : found
}

/** By what Hono itself tells them apart. */
function isMiddleware({ method, handler }: HonoRoute): boolean {
  return method === 'ALL' && (handler.__COMPOSED_HANDLER ?? handler).length > 1
}
