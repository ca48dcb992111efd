import type { Query } from '../api/request.ts'
import { rangeOf } from '../time/range.ts'

/** The filters that are an exact value: the name in the address and API, and the word in front of it. */
export const EXACT_FILTERS = {
  level: 'level',
  module: 'module',
  event: 'event',
  service: 'service',
  user: 'user',
  tenant: 'tenant',
  session: 'session',
  request: 'request',
  trace: 'trace',
} as const

export type ExactFilter = keyof typeof EXACT_FILTERS

const TAKEN_OVER = ['q', 'min_level', ...Object.keys(EXACT_FILTERS)]

/** The parameters of the address that narrow the logs, as the log API takes them; times are made absolute. */
export function filterQuery(params: URLSearchParams): Query {
  const { from, to } = rangeOf(params)
  const query: Record<string, string | number | null> = { from, to }
  for (const name of TAKEN_OVER) query[name] = params.get(name)
  return query
}

/** Whether anything but the time range narrows the logs. */
export function isNarrowed(params: URLSearchParams): boolean {
  return TAKEN_OVER.some((name) => params.has(name))
}

/** The same records for the same text: what is open or selected is no part of it. */
export function filterKey(params: URLSearchParams): string {
  return [...TAKEN_OVER, 'range', 'from', 'to'].map((name) => params.get(name) ?? '').join('\u0000')
}

/** Changes that take every filter away, time range included when asked. */
export function clearedFilters(alsoRange = false): Record<string, null> {
  const names = alsoRange ? [...TAKEN_OVER, 'from', 'to'] : TAKEN_OVER
  return Object.fromEntries(names.map((name) => [name, null]))
}
