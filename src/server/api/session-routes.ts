import { Hono } from 'hono'
import * as v from 'valibot'
import { SESSION_STATES, type LogStore } from '../../store/index.ts'
import { ApiError } from './api-error.ts'
import { cursorAfter } from './cursor.ts'
import { defined } from './filter.ts'
import { otherParameters, queryParameters, rangeParameters, wholeNumber } from './query-parameters.ts'

const DEFAULT_LIMIT = 100
const DEFAULT_ITEMS = 500

const states = v.pipe(
  otherParameters.text,
  v.transform((value) => value.split(',').map((each) => SESSION_STATES.find((state) => state === each.trim()))),
  v.check((found) => found.every((state) => state !== undefined), SESSION_STATES.join(', ')),
  v.transform((found) => found.filter((state) => state !== undefined)),
)

/** The calls under `/api/v1/sessions`. */
export function sessionRoutes(store: LogStore): Hono {
  const routes = new Hono()
  routes.use(async (_, next) => {
    if (!store.capabilities.sessions)
      throw new ApiError(501, 'store', store.capabilities.engine, 'an engine that keeps sessions')
    await next()
  })

  routes.get('/', async (c) => {
    const given = queryParameters(c.req.url, {
      ...rangeParameters,
      service: v.optional(otherParameters.text),
      tenant: v.optional(otherParameters.text),
      user: v.optional(otherParameters.text),
      state: v.optional(states),
      limit: v.optional(wholeNumber(1, 1000)),
      cursor: v.optional(otherParameters.cursor),
    })
    const { service, tenant: tenantId, user: userId, state, from: fromMillis, to: toMillis, cursor: beforeId } = given
    const page = await store.listSessions(defined({ service, tenantId, userId, states: state, fromMillis, toMillis }), {
      limit: given.limit ?? DEFAULT_LIMIT,
      nowMillis: Date.now(),
      ...defined({ beforeId }),
    })
    return c.json({ sessions: page.sessions, next_cursor: page.nextId === null ? null : cursorAfter(page.nextId) })
  })

  routes.get('/:session_id', async (c) => {
    const given = queryParameters(c.req.url, {
      limit: v.optional(wholeNumber(1, 5000)),
      cursor: v.optional(otherParameters.cursor),
    })
    const id = c.req.param('session_id')
    const query = { limit: given.limit ?? DEFAULT_ITEMS, nowMillis: Date.now(), ...defined({ afterId: given.cursor }) }
    const found = await store.getSession(id, query)
    if (found === undefined)
      throw new ApiError(404, 'path.session_id', id, 'the id of a session that something tells of')
    const { nextId, ...life } = found
    return c.json({ ...life, next_cursor: nextId === null ? null : cursorAfter(nextId) })
  })

  return routes
}
