import type { IncomingMessage } from 'node:http'

/** What Express leaves on a request that one of its routes took. */
interface RoutedRequest extends IncomingMessage {
  readonly route?: { readonly path?: unknown } | null
  readonly baseUrl?: unknown
}

const PATTERN = /[*(){}?+[\]]/
const VERSION = /^v\d+(\.\d+)*$/

/**
 * The route that took a request, with the place where its router is mounted; undefined when no framework has told.
 * Parts of that place which differ from request to request (a mount such as `/tenants/:id`) are told as `:mounted`: they must not make new values without end.
 * @param path the path that was asked for
 */
export function routeOf(request: IncomingMessage, path: string): string | undefined {
  const { route, baseUrl } = request as RoutedRequest
  const own = route?.path
  if (typeof own !== 'string' && !(own instanceof RegExp) && !Array.isArray(own)) return undefined
  const tail = String(own)
  const mount = typeof baseUrl === 'string' && baseUrl !== '' ? baseUrl : mountBefore(tail, path)
  if (mount === '') return tail
  return stable(mount) + (tail === '/' ? '' : tail)
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
