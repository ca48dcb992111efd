import type { CollectionResult, IMetricReader } from '@opentelemetry/sdk-metrics'
import type { Encoding } from '../otlp/index.ts'
import { shownAttributes } from './shown-attributes.ts'

/** A user's reader as the MeterProvider gets it: the reader collects attributes without secrets, and whoever owns the reader flushes it and ends it. */
export function shieldReader(reader: IMetricReader, encoding: Encoding): IMetricReader {
  return {
    setMetricProducer: (producer) =>
      reader.setMetricProducer({
        collect: async (options) => withoutSecrets(await producer.collect(options), encoding),
      }),
    selectAggregation: (instrument) => reader.selectAggregation(instrument),
    selectAggregationTemporality: (instrument) => reader.selectAggregationTemporality(instrument),
    selectCardinalityLimit: (instrument) => reader.selectCardinalityLimit(instrument),
    collect: (options) => reader.collect(options),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  }
}

function withoutSecrets({ resourceMetrics, errors }: CollectionResult, encoding: Encoding): CollectionResult {
  const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
    scope,
    metrics: metrics.map((metric) => {
      const dataPoints = metric.dataPoints.map((point) => ({
        ...point,
        attributes: shownAttributes(point.attributes, encoding),
      }))
      return { ...metric, dataPoints } as typeof metric
    }),
  }))
  return { resourceMetrics: { ...resourceMetrics, scopeMetrics }, errors }
}
