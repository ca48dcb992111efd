import type { Attributes, Context, Histogram } from '@opentelemetry/api'
import { areStable } from './stable-attributes.ts'

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
 * Records under stable attributes without having them sorted and written as text each time, which takes the SDK longer than all else of it. The cell that the SDK counts in is looked for after each
 * collection, and used until the next one, if it really was what the measurement before it went into. Where anything is otherwise than known, each goes the public way.
 */
export class HistogramCells {
  readonly #histogram: SdkHistogram
  /** Of the collection that is under way. */
  #cells: Cells | undefined
  #known = new WeakMap<Attributes, Cell>()

  constructor(histogram: Histogram) {
    this.#histogram = histogram
  }

  record(value: number, attributes: Attributes, context: Context): void {
    const cells = this.#histogram._writableMetricStorage?._deltaMetricStorage?._activeCollectionStorage
    if (cells !== this.#cells) {
      this.#cells = cells
      this.#known = new WeakMap()
    }
    const cell = this.#known.get(attributes)
    if (cell !== undefined) cell.record(value)
    else if (cells !== undefined && areStable(attributes)) this.#recordAndFind(value, attributes, context)
    // A copy: the SDK keeps the object, and tells what has become of it by then.
    else this.#histogram.record(value, { ...attributes }, context)
  }

  #recordAndFind(value: number, attributes: Attributes, context: Context): void {
    const before = this.#find(attributes)?.toPointValue().count ?? 0
    this.#histogram.record(value, attributes, context)
    const cell = this.#find(attributes)
    if (cell?.toPointValue().count === before + 1) this.#known.set(attributes, cell)
  }

  #find(attributes: Attributes): Cell | undefined {
    try {
      if (this.#histogram._writableMetricStorage?._attributesProcessor !== undefined) return undefined
      const cell = this.#cells?.get(attributes)
      return typeof cell?.record === 'function' && typeof cell.toPointValue().count === 'number' ? cell : undefined
    } catch {
      return undefined
    }
  }
}
