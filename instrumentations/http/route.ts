import type { IncomingMessage } from 'node:http'
import { expressMount } from './express-route.ts'
import { toldInContext, toldOf, type ToldAtEnd } from './framework-told.ts'

/** By which all copies of Express's router since 2.3 keep the errors of a request together. */
const EXPRESS_ERRORS = Symbol.for('router.tracing.publishedErrors')

/** What Express leaves on a request that one of its routes took. */
interface RoutedRequest extends IncomingMessage {
  readonly route?: { readonly path?: unknown } | null
  readonly baseUrl?: unknown
  /** Of the router that the request is in; gone when it has left all. */
  readonly next?: unknown
  readonly [EXPRESS_ERRORS]?: unknown
}

/** How many places are told of a route whose mount is unknown, before they all look the same. */
const MAX_PLACES = 50
const UNKNOWN = '/:mounted'
const placesOf = new WeakMap<object, Set<string>>()

const PATTERN = /[*(){}?+[\]]/
const CATCH_ALL = /\*[^/]*$/
const VERSION = /^v\d+(\.\d+)*$/

/**
 * What the framework that answered a request knows of it, when it is over. A path that nothing was found at has no route, even where a route for all paths says so: it must not look as if there was one.
 * @param path the path that was asked for
 */
export function frameworkTold(request: IncomingMessage, path: string, status: number | undefined): ToldAtEnd {
  const known = toldOf(request)
  const express = known?.route === undefined ? routeOf(request, path) : undefined
  const told = known ?? (express === undefined ? toldInContext(request) : undefined)
  const error = told?.error ?? lastExpressError(request)
  const route = told?.route ?? express
  const isNowhere = status === 404 && route !== undefined && (CATCH_ALL.test(route) || hasPassed(request, error))
  return { route: isNowhere ? undefined : route, error }
}

/** Whether a route of Express handed the request on, and nobody took it. */
function hasPassed(request: RoutedRequest, error: unknown): boolean {
  return request.route !== undefined && error === undefined && 'next' in request && request.next === undefined
}

function lastExpressError(request: RoutedRequest): unknown {
  const errors = request[EXPRESS_ERRORS]
  return errors instanceof Set ? [...errors].at(-1) : undefined
}

/**
 * The route of Express that took a request, with the place where its router is mounted; undefined when there is none.
 * Where that place can't be known as it is written, parts of it which differ from request to request are told as `:mounted`, and after many places all of it: they must not make new values without end.
 * @param path the path that was asked for
 */
export function routeOf(request: IncomingMessage, path: string): string | undefined {
  const { route, baseUrl } = request as RoutedRequest
  const own = route?.path
  if (typeof own !== 'string' && !(own instanceof RegExp) && !Array.isArray(own)) return undefined
  const tail = String(own)
  const concrete = typeof baseUrl === 'string' && baseUrl !== '' ? baseUrl : undefined
  const mount =
    expressMount(request, route as object, concrete ?? path) ??
    bounded(route as object, stable(concrete ?? mountBefore(tail, path)))
  if (mount === '') return tail
  return mount + (tail === '/' ? '' : tail)
}

/** An error handler runs when the routers are left already and the mount is forgotten: what stands before the route's own segments was the mount. */
function mountBefore(tail: string, path: string): string {
  if (PATTERN.test(tail)) return ''
  const own = segments(tail).length
  const asked = segments(path)
  return asked.length <= own ? '' : `/${asked.slice(0, asked.length - own).join('/')}`
}

function segments(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

function stable(mount: string): string {
  return /\d|%/.test(mount) || mount.length > 64
    ? mount
        .split('/')
        .map((segment) =>
          VERSION.test(segment) || !(/\d|%/.test(segment) || segment.length > 32) ? segment : ':mounted',
        )
        .join('/')
    : mount
}

/** Names of a client's choice look like those of the program. */
function bounded(route: object, mount: string): string {
  const known = placesOf.get(route) ?? new Set()
  placesOf.set(route, known)
  if (known.size < MAX_PLACES || mount === '') known.add(mount)
  return known.has(mount) ? mount : UNKNOWN
}
