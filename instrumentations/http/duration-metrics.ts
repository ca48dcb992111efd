import { metrics, type Attributes, type Context, type Histogram } from '@opentelemetry/api'
import { CLIENT_DURATION_METRIC, SERVER_DURATION_METRIC } from './attributes.ts'
import { COMPONENT } from './http-record.ts'

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** How long requests and calls took. An instrument is made when it is first needed: a program that serves nothing does not load the metrics SDK. */
export class DurationMetrics {
  #server: Histogram | undefined
  #client: Histogram | undefined

  recordServer(millis: number, attributes: Attributes, context: Context): void {
    this.#server ??= createHistogram(SERVER_DURATION_METRIC, 'Duration of HTTP server requests.')
    this.#server.record(millis / 1_000, attributes, context)
  }

  recordClient(millis: number, attributes: Attributes, context: Context): void {
    this.#client ??= createHistogram(CLIENT_DURATION_METRIC, 'Duration of HTTP client requests.')
    this.#client.record(millis / 1_000, attributes, context)
  }
}

function createHistogram(name: string, description: string): Histogram {
  return metrics
    .getMeter(COMPONENT)
    .createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries: BOUNDARIES } })
}
