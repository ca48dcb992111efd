/** One line of Loki: its labels and structured metadata, its text, its time in nanoseconds. */
export interface LokiLine {
  readonly labels: Readonly<Record<string, string>>
  readonly line: string
  readonly time: string
}

/** One series of a vector that Loki or Prometheus answered. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The lines that LogQL finds between two times in milliseconds, oldest first, 5,000 at most. Throws with the server's words when it refuses. */
export async function logs(
  loki: string,
  query: string,
  from = Date.now() - 3_600_000,
  to = Date.now() + 60_000,
): Promise<LokiLine[]> {
  const parameters = { query, start: `${from}000000`, end: `${to}000000`, limit: '5000', direction: 'forward' }
  const { result } = await ask<Streams>(`${loki}/loki/api/v1/query_range`, parameters)
  const lines = result.flatMap(({ stream, values }) => values.map(([time, line]) => ({ labels: stream, line, time })))
  return lines.sort((one, other) => Number(BigInt(one.time) - BigInt(other.time)))
}

/** What a metric query of LogQL answers now, or at `atMillis`. */
export async function logCounts(loki: string, query: string, atMillis = Date.now()): Promise<Sample[]> {
  return vector(await ask<Vector>(`${loki}/loki/api/v1/query`, { query, time: `${atMillis}000000` }))
}

/** What PromQL answers now, or at `atMillis`. */
export async function promql(prometheus: string, query: string, atMillis = Date.now()): Promise<Sample[]> {
  return vector(await ask<Vector>(`${prometheus}/api/v1/query`, { query, time: `${atMillis / 1000}` }))
}

/** The sum over all series. */
export function total(samples: readonly Sample[]): number {
  return samples.reduce((sum, { value }) => sum + value, 0)
}

/** A GET with parameters, answered with the `data` that Loki and Prometheus wrap theirs in. */
export async function ask<Data>(url: string, parameters: Readonly<Record<string, string>>): Promise<Data> {
  const { data } = await getJson<{ data: Data }>(`${url}?${new URLSearchParams(parameters).toString()}`)
  return data
}

/** A GET. Throws with status and words of an answer that is none. */
export async function getJson<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url, { headers: { accept: 'application/json' } })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
  return JSON.parse(text) as Answer
}

interface Streams {
  readonly result: readonly {
    readonly stream: Readonly<Record<string, string>>
    readonly values: readonly (readonly [string, string])[]
  }[]
}

interface Vector {
  readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: [number, string] }[]
}

function vector({ result }: Vector): Sample[] {
  return result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }))
}
