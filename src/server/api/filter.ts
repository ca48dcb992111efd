import type * as v from 'valibot'
import { LEVELS, type LogFilter } from '../../store/index.ts'
import type { filterParameters } from './query-parameters.ts'

type FilterParameters = v.InferOutput<v.ObjectSchema<typeof filterParameters, undefined>>

/** The filter that checked parameters describe. */
export function logFilter(given: FilterParameters): LogFilter {
  return defined({
    words: given.q,
    ranks: ranksOf(given),
    components: given.module,
    service: given.service,
    event: given.event,
    userId: given.user,
    tenantId: given.tenant,
    sessionId: given.session,
    requestId: given.request,
    traceId: given.trace,
    fromMillis: given.from,
    toMillis: given.to,
  })
}

/** Without the keys that are not given. */
export function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

function ranksOf({ level, min_level: least }: FilterParameters): number[] | undefined {
  if (level === undefined && least === undefined) return undefined
  const ranks = level ?? [...LEVELS.keys()]
  return least === undefined ? ranks : ranks.filter((rank) => rank >= least)
}
