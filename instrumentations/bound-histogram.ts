import { metrics, type Attributes, type Context, type Histogram, type MeterProvider } from '@opentelemetry/api'
import { stableAttributes } from '../src/metrics/index.ts'

/** What a histogram is made with. */
export interface HistogramDescription {
  readonly scope: string
  readonly name: string
  readonly description: string
  readonly boundaries: readonly number[]
}

/** A histogram of seconds. It is made when it is first needed, and again when the program sets another meter provider. */
export class LazyHistogram {
  readonly #description: HistogramDescription
  #histogram: Histogram | undefined
  #provider: MeterProvider | undefined

  constructor(description: HistogramDescription) {
    this.#description = description
  }

  /** The histogram as it is registered now. */
  get current(): Histogram {
    const provider = metrics.getMeterProvider()
    if (this.#histogram === undefined || provider !== this.#provider) {
      const { scope, name, description, boundaries } = this.#description
      const advice = { explicitBucketBoundaries: [...boundaries] }
      this.#histogram = provider.getMeter(scope).createHistogram(name, { description, unit: 's', advice })
      this.#provider = provider
    }
    return this.#histogram
  }

  /** One set of attributes that is recorded often. */
  bind(attributes: Attributes): BoundHistogram {
    return new BoundHistogram(this, attributes)
  }
}

/** Records one set of attributes, time and again. */
export class BoundHistogram {
  readonly #lazy: LazyHistogram
  readonly #attributes: Attributes

  constructor(lazy: LazyHistogram, attributes: Attributes) {
    this.#lazy = lazy
    this.#attributes = stableAttributes(attributes)
  }

  record(value: number, context: Context): void {
    this.#lazy.current.record(value, this.#attributes, context)
  }
}
