import {
  metrics,
  ValueType,
  type Attributes,
  type Context,
  type Histogram,
  type ObservableResult,
  type ObservableUpDownCounter,
} from '@opentelemetry/api'
import * as keys from './attributes.ts'
import { AttributeSets, type Measured, type Scheme } from './attribute-sets.ts'
import { COMPONENT } from './http-record.ts'

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** So many requests of a kind are being answered. */
export interface ActiveCount {
  readonly attributes: Attributes
  count: number
}

/** How long requests and calls took, and how many requests are being answered. An instrument is made when it is first needed: a program that serves nothing does not load the metrics SDK. */
export class HttpMetrics {
  readonly #sets: { readonly server: AttributeSets; readonly client: AttributeSets }
  readonly #active: Readonly<Record<Scheme, Map<string, ActiveCount>>> = { http: new Map(), https: new Map() }
  #server: Histogram | undefined
  #client: Histogram | undefined
  #counter: ObservableUpDownCounter | undefined

  /** @param limit most combinations of attributes in each metric */
  constructor(limit: number) {
    this.#sets = { server: new AttributeSets(limit), client: new AttributeSets(limit) }
  }

  recordServer(millis: number, measured: Measured, context: Context): void {
    this.#server ??= createHistogram(keys.SERVER_DURATION_METRIC, 'Duration of HTTP server requests.')
    this.#server.record(millis / 1_000, this.#sets.server.of(measured), context)
  }

  recordClient(millis: number, measured: Measured, context: Context): void {
    this.#client ??= createHistogram(keys.CLIENT_DURATION_METRIC, 'Duration of HTTP client requests.')
    this.#client.record(millis / 1_000, this.#sets.client.of(measured), context)
  }

  /** The count of requests of a kind that are being answered; to be changed by whoever begins and ends one. Both are of a fixed set, so that there are few. */
  active(method: string, scheme: Scheme): ActiveCount {
    const counts = this.#active[scheme]
    let active = counts.get(method)
    if (active === undefined) {
      this.#counter ??= this.#createCounter()
      active = { attributes: { [keys.METHOD]: method, [keys.URL_SCHEME]: scheme }, count: 0 }
      counts.set(method, active)
    }
    return active
  }

  /** Nothing is counted from now on. */
  stop(): void {
    this.#counter?.removeCallback(this.#observe)
  }

  #createCounter(): ObservableUpDownCounter {
    const counter = metrics.getMeter(COMPONENT).createObservableUpDownCounter(keys.ACTIVE_REQUESTS_METRIC, {
      description: 'Number of active HTTP server requests.',
      unit: '{request}',
      valueType: ValueType.INT,
    })
    counter.addCallback(this.#observe)
    return counter
  }

  readonly #observe = (result: ObservableResult): void => {
    for (const counts of Object.values(this.#active))
      for (const { attributes, count } of counts.values()) result.observe(count, attributes)
  }
}

function createHistogram(name: string, description: string): Histogram {
  return metrics
    .getMeter(COMPONENT)
    .createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: BOUNDARIES } })
}
