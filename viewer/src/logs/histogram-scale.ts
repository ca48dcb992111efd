import { LEVELS, type HistogramAnswer, type Level } from '../api/contract.ts'

/** One column of the histogram, in parts of the whole: 0 is left and top, 1 right and bottom. */
export interface Column {
  readonly time: number
  readonly total: number
  readonly counts: Readonly<Partial<Record<Level, number>>>
  readonly x: number
  readonly width: number
  readonly parts: readonly { readonly level: Level; readonly y: number; readonly height: number }[]
}

export interface HistogramScale {
  readonly from: number
  readonly to: number
  readonly interval: number
  readonly most: number
  readonly columns: readonly Column[]
}

/** Lays the buckets out between two times, the most severe level at the foot where it is seen first. */
export function scaleHistogram(answer: HistogramAnswer, from: number | null, to: number | null): HistogramScale | null {
  const times = answer.buckets.map((bucket) => Date.parse(bucket.time))
  const first = times[0]
  if (first === undefined) return null
  const interval = Math.max(1, answer.interval_ms)
  const start = from === null ? first : Math.min(from, first)
  const end = Math.max(to ?? 0, (times.at(-1) ?? first) + interval)
  const totals = answer.buckets.map((bucket) => LEVELS.reduce((sum, level) => sum + (bucket.counts[level] ?? 0), 0))
  const most = Math.max(1, ...totals)
  const columns = answer.buckets.flatMap(({ counts }, index): Column[] => {
    const time = times[index] ?? 0
    const total = totals[index] ?? 0
    if (total === 0) return []
    const x = (time - start) / (end - start)
    return [{ time, total, counts, x, width: interval / (end - start), parts: stack(counts, most) }]
  })
  return { from: start, to: end, interval, most, columns }
}

function stack(counts: Column['counts'], most: number): Column['parts'] {
  let foot = 1
  return LEVELS.toReversed().flatMap((level) => {
    const count = counts[level] ?? 0
    if (count === 0) return []
    const height = count / most
    foot -= height
    return [{ level, y: foot, height }]
  })
}
