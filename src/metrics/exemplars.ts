import { trace, type Attributes, type Context, type Histogram } from '@opentelemetry/api'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { activeContext } from '../context/index.ts'
import type { Exemplar, ExemplifiedPoint } from '../otlp/index.ts'
import { HistogramCells } from './histogram-cells.ts'
import { areStable } from './stable-attributes.ts'

/** The buckets of the metrics SDK where none are asked for. */
const BOUNDARIES = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000]
const SAMPLED = 1
/** Attributes that come as a new object each time cost more than they are worth: so many in an interval are looked at. */
const MAX_NEW_SETS = 2_000

type Buckets = (Exemplar | undefined)[]

/** Whose histogram it is. */
interface Scope {
  readonly name: string
  readonly version?: string | undefined
}

/** The exemplars of one histogram: of each combination of attributes and each bucket, the largest value that was measured in a sampled trace since the last collection. */
class HistogramExemplars {
  readonly #boundaries: readonly number[]
  #sets = new Map<string, Buckets>()
  /** The same for stable ones, by the object itself. */
  #known = new WeakMap<Attributes, Buckets>()
  #newSets = 0

  constructor(boundaries: readonly number[]) {
    this.#boundaries = boundaries
  }

  offer(value: number, attributes: Attributes, context: Context): void {
    // What the SDK does not count.
    if (typeof value !== 'number' || !(value >= 0)) return
    const span = trace.getSpanContext(context)
    if (span === undefined || (span.traceFlags & SAMPLED) === 0) return
    const buckets = this.#known.get(attributes) ?? this.#meet(attributes)
    if (buckets === undefined) return
    const bucket = this.#bucketOf(value)
    const kept = buckets[bucket]
    if (kept !== undefined && kept.value >= value) return
    buckets[bucket] = { value, timeMillis: Date.now(), traceId: span.traceId, spanId: span.spanId }
  }

  #meet(attributes: Attributes): Buckets | undefined {
    if (++this.#newSets > MAX_NEW_SETS) return undefined
    const key = keyOf(attributes)
    const buckets = this.#sets.get(key) ?? []
    this.#sets.set(key, buckets)
    if (areStable(attributes)) this.#known.set(attributes, buckets)
    return buckets
  }

  #bucketOf(value: number): number {
    const boundaries = this.#boundaries
    let bucket = 0
    while (bucket < boundaries.length && value > (boundaries[bucket] as number)) bucket++
    return bucket
  }

  /** Hands on what was kept, by the key of its attributes, and begins anew. */
  take(): ReadonlyMap<string, Buckets> {
    const taken = this.#sets
    this.#sets = new Map()
    this.#known = new WeakMap()
    this.#newSets = 0
    return taken
  }
}

/**
 * Exemplars for histograms, which the metrics SDK does not have: by each value that is one, a trace can be found.
 * @see https://opentelemetry.io/docs/specs/otel/metrics/sdk/#exemplar
 */
export class Exemplars {
  readonly #histograms = new Map<string, HistogramExemplars>()

  /** The histogram, with what is measured by it kept in mind. */
  watch(histogram: Histogram, scope: Scope, name: string, boundaries: readonly number[] = BOUNDARIES): Histogram {
    const key = histogramKey(scope, name)
    const kept = this.#histograms.get(key) ?? new HistogramExemplars(boundaries)
    this.#histograms.set(key, kept)
    const cells = new HistogramCells(histogram)
    return {
      record(value, attributes = {}, context = activeContext()) {
        cells.record(value, attributes, context)
        try {
          kept.offer(value, attributes, context)
        } catch {
          // what can't be read is measured without
        }
      },
    }
  }

  /** Puts the exemplars to the points that were collected. */
  attach({ scopeMetrics }: ResourceMetrics): void {
    for (const { scope, metrics } of scopeMetrics) {
      for (const { descriptor, dataPoints } of metrics) {
        const taken = this.#histograms.get(histogramKey(scope, descriptor.name))?.take()
        if (taken === undefined || taken.size === 0) continue
        for (const point of dataPoints) {
          const exemplars = taken.get(keyOf(point.attributes))?.filter((one) => one !== undefined)
          if (exemplars !== undefined) (point as ExemplifiedPoint).exemplars = exemplars
        }
      }
    }
  }
}

function histogramKey(scope: Scope, name: string): string {
  return JSON.stringify([scope.name, scope.version ?? '', name.toLowerCase()])
}

function keyOf(attributes: Attributes): string {
  const names = Object.keys(attributes).sort()
  return JSON.stringify(names.map((name) => [name, attributes[name]]))
}
