import { useSignal, type ReadonlySignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { HistogramAnswer, LogRecord } from '../api/contract.ts'
import { requestJson } from '../api/request.ts'
import { filterQuery } from '../query/filters.ts'
import { route } from '../route/route.ts'
import { scaleHistogram, type HistogramScale } from './histogram-scale.ts'

const COLUMNS = 120
const REFRESH_MILLIS = 2_000

/** The histogram of the present filters; read again while rows arrive. */
export function useHistogram(
  key: string,
  arriving: ReadonlySignal<readonly LogRecord[]> | null,
): HistogramScale | null {
  const scale = useSignal<HistogramScale | null>(null)
  useEffect(() => {
    const abort = new AbortController()
    let shown: unknown
    const read = async () => {
      if (document.hidden || (arriving && arriving.peek() === shown)) return
      shown = arriving?.peek()
      const query = filterQuery(route.peek().params)
      const answer = await requestJson<HistogramAnswer>(
        'logs/histogram',
        { ...query, buckets: COLUMNS },
        abort.signal,
      ).catch(() => null)
      if (!answer) return
      const now = Date.now()
      scale.value = scaleHistogram(answer, query['from'] as number | null, (query['to'] as number | null) ?? now)
    }
    void read()
    const timer = arriving ? setInterval(() => void read(), REFRESH_MILLIS) : undefined
    return () => {
      abort.abort()
      clearInterval(timer)
    }
  }, [key, arriving])
  return scale.value
}
