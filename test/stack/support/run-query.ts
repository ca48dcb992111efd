import { opened, type PlacedQuery } from '../../dashboards/support/dashboards.ts'
import { interpolate, type Chosen } from '../../dashboards/support/interpolate.ts'
import { ask, getJson } from './queries.ts'
import type { WholeStack } from './whole-stack-setup.ts'

/** Where the servers are. */
export interface Servers {
  readonly loki: string
  readonly prometheus: string
  readonly tempo: string
}

/** What is shown, in milliseconds since 1970. */
export interface Shown {
  readonly from: number
  readonly to: number
}

const BEFORE_MILLIS = 120_000
const STEP_MILLIS = 60_000

/** From before the examples ran until now; whole minutes, so that the last step of a graph is now. */
export function sinceTheExamples({ interviews: [first] }: WholeStack): Shown {
  const to = Date.now()
  return { from: to - Math.ceil((to - first.began + BEFORE_MILLIS) / STEP_MILLIS) * STEP_MILLIS, to }
}

/** One series that a query found: a value now, or one for each step. */
export interface Found {
  readonly labels: Readonly<Record<string, string>>
  /** Numbers of a metric query; for each record or trace one 1. What is no number is left out. */
  readonly values: readonly number[]
}

/** The narrowest step of a graph of Prometheus, in seconds: how often the stack's Prometheus fetches, unless a query says otherwise. */
const SCRAPE_SECONDS = 15
/** Points of a graph that is half a screen wide. */
const MAX_POINTS = 800

/** Runs a query of a dashboard as Grafana does when it is opened, with these variables chosen. Throws with the server's words. */
export async function runQuery(
  { language, text, isInstant, isList, dashboard, target }: PlacedQuery,
  servers: Servers,
  shown: Shown,
  chosen: Readonly<Record<string, Chosen>> = {},
): Promise<Found[]> {
  const rangeSeconds = Math.round((shown.to - shown.from) / 1000)
  const scrape = target?.interval === '1m' ? 60 : SCRAPE_SECONDS
  const interval = Math.max(language === 'prometheus' ? scrape : 1, Math.ceil(rangeSeconds / MAX_POINTS))
  const globals = {
    __interval: `${interval}s`,
    __range: `${rangeSeconds}s`,
    __rate_interval: `${Math.max(interval + scrape, 4 * scrape)}s`,
  }
  const query = interpolate(text, language, { ...opened(dashboard), ...chosen }, globals)
  const start = shown.from / 1000
  const end = shown.to / 1000
  if (language === 'tempo')
    return await searched(servers.tempo, { q: query, start: whole(start), end: whole(end), limit: '20' })
  if (language === 'prometheus') {
    const api = `${servers.prometheus}/api/v1`
    return isInstant
      ? vector(await ask(`${api}/query`, { query, time: String(end) }))
      : matrix(
          await ask(`${api}/query_range`, { query, start: String(start), end: String(end), step: String(interval) }),
        )
  }
  const api = `${servers.loki}/loki/api/v1`
  if (isInstant) return vector(await ask(`${api}/query`, { query, time: nanos(shown.to) }))
  const range = { query, start: nanos(shown.from), end: nanos(shown.to) }
  if (isList) return streams(await ask(`${api}/query_range`, { ...range, limit: '1000' }))
  return matrix(await ask(`${api}/query_range`, { ...range, step: String(interval) }))
}

/** Milliseconds as Loki takes them. */
export function nanos(millis: number): string {
  return `${millis}000000`
}

function whole(seconds: number): string {
  return String(Math.round(seconds))
}

type Labels = Readonly<Record<string, string>>
type Point = readonly [number, string]

function vector({
  result,
}: {
  readonly result: readonly { readonly metric: Labels; readonly value: Point }[]
}): Found[] {
  return numbers(result.map(({ metric, value }) => ({ labels: metric, values: [value] })))
}

function matrix({
  result,
}: {
  readonly result: readonly { readonly metric: Labels; readonly values: readonly Point[] }[]
}): Found[] {
  return numbers(result.map(({ metric, values }) => ({ labels: metric, values })))
}

function numbers(series: readonly { readonly labels: Labels; readonly values: readonly Point[] }[]): Found[] {
  return series
    .map(({ labels, values }) => ({ labels, values: values.map(([, value]) => Number(value)).filter(Number.isFinite) }))
    .filter(({ values }) => values.length > 0)
}

function streams({
  result,
}: {
  readonly result: readonly { readonly stream: Labels; readonly values: readonly unknown[] }[]
}): Found[] {
  return result.map(({ stream, values }) => ({ labels: stream, values: values.map(() => 1) }))
}

async function searched(tempo: string, parameters: Readonly<Record<string, string>>): Promise<Found[]> {
  const url = `${tempo}/api/search?${new URLSearchParams(parameters).toString()}`
  const { traces = [] } = await getJson<{ traces?: readonly Trace[] }>(url)
  return traces.map(({ traceID, rootServiceName, rootTraceName }) => ({
    labels: { traceID, rootServiceName, rootTraceName },
    values: [1],
  }))
}

interface Trace {
  readonly traceID: string
  readonly rootServiceName: string
  readonly rootTraceName: string
}
