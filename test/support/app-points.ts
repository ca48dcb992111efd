import { requestJson } from '../../src/otlp/request-json.ts'

interface Metrics {
  readonly resourceMetrics?: {
    scopeMetrics?: { scope?: { name?: string }; metrics?: Record<string, unknown>[] }[]
  }[]
}

const hasPoints = (data: unknown): data is { dataPoints: unknown[] } =>
  typeof data === 'object' && data !== null && 'dataPoints' in data

/** Counts the data points of a metrics request that are the application's: not those in which clew tells of itself. */
export function countAppPoints(body: Buffer, format: 'json' | 'protobuf'): number {
  const text = format === 'json' ? body.toString() : requestJson('metrics', body)
  const { resourceMetrics = [] } = JSON.parse(text) as Metrics
  return resourceMetrics
    .flatMap(({ scopeMetrics = [] }) => scopeMetrics)
    .filter(({ scope }) => scope?.name !== 'clew')
    .flatMap(({ metrics = [] }) => metrics.flatMap((metric) => Object.values(metric).filter(hasPoints)))
    .reduce((total, { dataPoints }) => total + dataPoints.length, 0)
}
