import { metrics, type Attributes, type Context, type Histogram, type MeterProvider } from '@opentelemetry/api'

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

interface Cell {
  record(value: number): void
  toPointValue(): { readonly count: number }
}

interface Cells {
  get(attributes: Attributes): Cell | undefined
}

/** What OpenTelemetry's SDK has inside of a histogram. */
interface SdkHistogram extends Histogram {
  readonly _writableMetricStorage?: {
    readonly _attributesProcessor?: unknown
    readonly _deltaMetricStorage?: { readonly _activeCollectionStorage: Cells }
  }
}

/**
 * Records one set of attributes without having them sorted and written as text each time, which takes the SDK longer than all else of it. The cell that the SDK counts in is looked for after each
 * collection, and used until the next one, if it really was what the measurement before it went into. Where anything is otherwise than known, each goes the public way.
 */
export class BoundHistogram {
  readonly #lazy: LazyHistogram
  readonly #attributes: Attributes
  #histogram: SdkHistogram | undefined
  #cells: Cells | undefined
  #cell: Cell | undefined

  constructor(lazy: LazyHistogram, attributes: Attributes) {
    this.#lazy = lazy
    this.#attributes = attributes
  }

  record(value: number, context: Context): void {
    const histogram: SdkHistogram = this.#lazy.current
    if (
      this.#cell !== undefined &&
      histogram === this.#histogram &&
      histogram._writableMetricStorage?._deltaMetricStorage?._activeCollectionStorage === this.#cells
    )
      this.#cell.record(value)
    else this.#recordAndFind(histogram, value, context)
  }

  #recordAndFind(histogram: SdkHistogram, value: number, context: Context): void {
    const before = this.#find(histogram)?.toPointValue().count ?? 0
    histogram.record(value, this.#attributes, context)
    const cell = this.#find(histogram)
    this.#histogram = histogram
    this.#cells = histogram._writableMetricStorage?._deltaMetricStorage?._activeCollectionStorage
    this.#cell = cell?.toPointValue().count === before + 1 ? cell : undefined
  }

  #find({ _writableMetricStorage: storage }: SdkHistogram): Cell | undefined {
    try {
      if (storage?._attributesProcessor !== undefined) return undefined
      const cell = storage?._deltaMetricStorage?._activeCollectionStorage.get(this.#attributes)
      return typeof cell?.record === 'function' && typeof cell.toPointValue().count === 'number' ? cell : undefined
    } catch {
      return undefined
    }
  }
}
