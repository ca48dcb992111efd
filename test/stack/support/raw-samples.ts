import { ask } from './queries.ts'
import type { Shown } from './run-query.ts'

/**
 * Between which values the sum of `increase` over these counters must lie, by the values that Prometheus has of them: it adds to
 * the difference of the last and the first what may lie beyond them, at each end at most 1.1 times their average distance.
 */
export async function rawSamples(
  prometheus: string,
  selector: string,
  { from, to }: Shown,
): Promise<{ readonly low: number; readonly high: number }> {
  const query = `${selector}[${Math.round((to - from) / 1000)}s]`
  const { result } = await ask<Matrix>(`${prometheus}/api/v1/query`, { query, time: String(to / 1000) })
  let [low, high] = [0, 0]
  for (const { values } of result) {
    const [first, last] = [values[0], values.at(-1)]
    if (first === undefined || last === undefined || values.length < 2) continue
    const seconds = last[0] - first[0]
    const grown = Number(last[1]) - Number(first[1])
    const distance = seconds / (values.length - 1)
    low += grown
    high += (grown * (seconds + 2 * 1.1 * distance)) / seconds
  }
  return { low, high }
}

interface Matrix {
  readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[]
}
