import { Hono } from 'hono'
import * as v from 'valibot'
import { LEVELS, isoTime, type LogStore } from '../../store/index.ts'
import type { LiveTail } from '../live-tail.ts'
import { ApiError } from './api-error.ts'
import { cursorAfter } from './cursor.ts'
import { defined, logFilter } from './filter.ts'
import { filterParameters, otherParameters, queryParameters, rangeParameters, wholeNumber } from './query-parameters.ts'
import { tailStream } from './tail-stream.ts'

const DEFAULT_LIMIT = 100
const DEFAULT_BUCKETS = 60
const SSE_HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }

/** What `/health` adds to the state of the store. */
export interface ServerHealth {
  readonly version: string
  readonly uptime_ms: number
  /** Where telemetry is to be sent. */
  readonly otlp: string
  /** The same for gRPC; null where that is left out. */
  readonly otlp_grpc: string | null
  readonly metrics: { readonly stored: false; readonly data_points_received: number }
}

/** The calls under `/api/v1/logs`. */
export function logRoutes(store: LogStore, tail: LiveTail, health: () => ServerHealth): Hono {
  const routes = new Hono()

  routes.get('/search', async (c) => {
    const entries = {
      ...filterParameters,
      limit: v.optional(wholeNumber(1, 1000)),
      cursor: v.optional(otherParameters.cursor),
    }
    const given = queryParameters(c.req.url, entries)
    const page = await store.searchLogs(logFilter(given), given.limit ?? DEFAULT_LIMIT, given.cursor)
    return c.json({ records: page.records, next_cursor: page.nextId === null ? null : cursorAfter(page.nextId) })
  })

  routes.get('/tail', (c) => {
    const filter = logFilter(queryParameters(c.req.url, filterParameters))
    return new Response(tailStream(tail.open(filter)), { headers: SSE_HEADERS })
  })

  routes.get('/histogram', async (c) => {
    const given = queryParameters(c.req.url, { ...filterParameters, buckets: v.optional(wholeNumber(1, 500)) })
    const { intervalMillis, buckets } = await store.histogram(logFilter(given), given.buckets ?? DEFAULT_BUCKETS)
    const shown = buckets.map(({ startMillis, counts }) => ({ time: isoTime(startMillis), counts: byLevel(counts) }))
    return c.json({ interval_ms: intervalMillis, buckets: shown })
  })

  routes.get('/stats', async (c) => {
    const { from, to } = queryParameters(c.req.url, rangeParameters)
    const found = await store.statistics(defined({ fromMillis: from, toMillis: to }))
    const severe = found.byLevel.ERROR + found.byLevel.CRITICAL
    return c.json({
      logs: found.logs,
      spans: found.spans,
      traces: found.traces,
      by_level: found.byLevel,
      by_component: found.byComponent,
      error_rate: found.logs === 0 ? 0 : severe / found.logs,
      logs_with_trace: found.logsWithTrace,
      logs_with_stored_span: found.logsWithStoredSpan,
    })
  })

  routes.get('/modules', async (c) => {
    queryParameters(c.req.url, {})
    const modules = await store.components()
    return c.json({ modules: modules.map(({ lastMillis, ...rest }) => ({ ...rest, last: isoTime(lastMillis) })) })
  })

  routes.get('/levels', async (c) => {
    queryParameters(c.req.url, {})
    const counts = await store.levels()
    return c.json({ levels: LEVELS.map((level) => ({ level, count: counts[level] })) })
  })

  routes.get('/health', async (c) => {
    queryParameters(c.req.url, {})
    const { version, ...rest } = health()
    return c.json({ status: 'ok', version, store: await store.health(), ...rest })
  })

  routes.delete('/cleanup', async (c) => {
    const { before } = queryParameters(c.req.url, { before: otherParameters.time })
    if (!store.capabilities.deletion)
      throw new ApiError(501, 'store', store.capabilities.engine, 'an engine that can delete')
    return c.json({ deleted: await store.deleteBefore(before) })
  })

  routes.get('/cleanup', () => {
    throw new ApiError(405, 'method', 'GET', 'DELETE')
  })

  routes.get('/:id', async (c) => {
    queryParameters(c.req.url, {})
    const found = await store.getLog(c.req.param('id'))
    if (found === undefined) throw new ApiError(404, 'path.id', c.req.param('id'), 'the id of a stored record')
    return c.json(found)
  })

  return routes
}

function byLevel(counts: readonly number[]): Record<string, number> {
  const found: Record<string, number> = {}
  for (const [rank, level] of LEVELS.entries()) if ((counts[rank] ?? 0) > 0) found[level] = counts[rank] as number
  return found
}
