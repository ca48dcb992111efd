import { metrics, type Attributes, type Context, type Histogram, type MeterProvider } from '@opentelemetry/api'
import { DURATION_METRIC } from './attributes.ts'
import { COMPONENT } from './redis-record.ts'

const BOUNDARIES = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

/** How long operations took. The instrument is made at the first one, and again when the program sets another meter provider. */
export class DurationMetric {
  #histogram: Histogram | undefined
  #provider: MeterProvider | undefined

  record(millis: number, attributes: Attributes, context: Context): void {
    const provider = metrics.getMeterProvider()
    if (this.#histogram === undefined || provider !== this.#provider) {
      this.#provider = provider
      this.#histogram = provider.getMeter(COMPONENT).createHistogram(DURATION_METRIC, {
        description: 'Duration of database client operations.',
        unit: 's',
        advice: { explicitBucketBoundaries: BOUNDARIES },
      })
    }
    this.#histogram.record(millis / 1000, attributes, context)
  }
}
