import { Hono } from 'hono'
import * as v from 'valibot'
import type { LogStore } from '../../store/index.ts'
import { ApiError } from './api-error.ts'
import { defined } from './filter.ts'
import { otherParameters, queryParameters, rangeParameters, wholeNumber } from './query-parameters.ts'

const DEFAULT_LIMIT = 100
const MAX_OF_TRACE = 10_000

/** The calls under `/api/v1/traces`. */
export function traceRoutes(store: LogStore): Hono {
  const routes = new Hono()

  routes.get('/', async (c) => {
    const entries = {
      ...rangeParameters,
      limit: v.optional(wholeNumber(1, 1000)),
      service: v.optional(otherParameters.text),
    }
    const { limit = DEFAULT_LIMIT, from, to, service } = queryParameters(c.req.url, entries)
    return c.json({
      traces: await store.listTraces({ limit, ...defined({ fromMillis: from, toMillis: to, service }) }),
    })
  })

  routes.get('/:trace_id', async (c) => {
    queryParameters(c.req.url, {})
    const id = c.req.param('trace_id').toLowerCase()
    if (!/^[\da-f]{32}$/.test(id)) throw new ApiError(400, 'path.trace_id', id, '32 hexadecimal digits')
    const found = await store.getTrace(id, MAX_OF_TRACE)
    if (found === undefined) throw new ApiError(404, 'path.trace_id', id, 'the id of a stored trace')
    const { truncated, ...trace } = found
    return c.json(truncated ? { ...trace, truncated } : trace)
  })

  return routes
}
