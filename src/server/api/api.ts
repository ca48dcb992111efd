import { Hono } from 'hono'
import type { LogStore } from '../../store/index.ts'
import { allowedHostNames, isAllowedHost } from '../allowed-host.ts'
import type { LiveTail } from '../live-tail.ts'
import { type ViewerFiles } from '../viewer-files.ts'
import { ApiError } from './api-error.ts'
import { type ServerHealth, logRoutes } from './log-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { traceRoutes } from './trace-routes.ts'

const GET_ONLY = ['search', 'tail', 'histogram', 'stats', 'modules', 'levels', 'health']

/** What the API is made of. */
export interface ApiParts {
  readonly store: LogStore
  readonly tail: LiveTail
  readonly viewer: ViewerFiles
  readonly health: () => ServerHealth
  readonly allowedHosts: readonly string[]
  readonly onError: (error: unknown) => void
}

/** The log API and the viewer as one application. */
export function createApi(parts: ApiParts): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    checkCaller(c.req.header('host'), c.req.header('origin'), c.req.method, parts.allowedHosts)
    await next()
    c.res.headers.set('x-content-type-options', 'nosniff')
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  })
  app.route('/api/v1/logs', logRoutes(parts.store, parts.tail, parts.health))
  app.route('/api/v1/traces', traceRoutes(parts.store))
  app.route('/api/v1/sessions', sessionRoutes(parts.store))
  app.all('/api/*', (c) => {
    throw notRouted(c.req.method, c.req.path)
  })
  app.get('*', (c) => parts.viewer.answer(c.req.path))
  app.all('*', (c) => {
    throw new ApiError(405, 'method', c.req.method, 'GET')
  })
  app.onError((error, c) => {
    if (error instanceof ApiError) {
      if (error.status === 405) c.header('allow', error.allowed)
      return c.json(error, error.status)
    }
    parts.onError(error)
    return c.json(
      new ApiError(500, 'server', `an unexpected error: ${error.message}`, 'nothing: this is a fault of the server'),
      500,
    )
  })
  return app
}

/** Pages of other machines may neither read (their name for us is refused) nor change anything (their origin is). */
function checkCaller(
  host: string | undefined,
  origin: string | undefined,
  method: string,
  allowedHosts: readonly string[],
): void {
  if (!isAllowedHost(host, allowedHosts)) {
    throw new ApiError(403, 'header.host', host ?? 'nothing', allowedHostNames(allowedHosts))
  }
  if (origin !== undefined && method !== 'GET' && method !== 'HEAD' && origin.replace(/^https?:\/\//, '') !== host) {
    throw new ApiError(403, 'header.origin', origin, `http://${host}`)
  }
}

function notRouted(method: string, path: string): ApiError {
  const name = /^\/api\/v1\/(logs|traces|sessions)(?:\/([^/]+))?$/.exec(path)
  if (name === null || (name[1] === 'logs' && name[2] === undefined)) {
    return new ApiError(
      404,
      'path',
      path,
      `/api/v1/logs/{${GET_ONLY.join('|')}|cleanup|id}, /api/v1/traces, /api/v1/traces/{id}, /api/v1/sessions, /api/v1/sessions/{id}`,
    )
  }
  return new ApiError(405, 'method', method, name[1] === 'logs' && name[2] === 'cleanup' ? 'DELETE' : 'GET')
}
