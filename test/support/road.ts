import { Notes } from '../../src/diagnostics/index.ts'
import { createScope, encodeResource } from '../../src/otlp/index.ts'
import { createOtlpOutput } from '../../src/outputs/index.ts'
import { TelemetryRoad, type RoadOptions } from '../../src/telemetry-road.ts'
import { createEncoding, fixedUid } from './encoding.ts'
import { endpointTo } from './endpoint.ts'

const encoding = createEncoding()
const scope = createScope('orders')

/** A road to a receiver, as `init()` makes it; in memory where no directory is given. */
export function openRoad(url: string, spoolDirectory: string | undefined, options: RoadOptions = {}): TelemetryRoad {
  const to = (signal: string) => endpointTo(`${url}/v1/${signal}`, { headers: { 'x-key': 'k' } })
  const endpoints = { logs: to('logs'), traces: to('traces'), metrics: to('metrics') }
  const settings = { endpoints, proxy: undefined, spoolDirectory }
  return new TelemetryRoad(settings, encodeResource({ 'service.name': 'shop' }, encoding), new Notes(), options)
}

/** What is said of numbered records. */
export interface Said {
  readonly first?: number
  readonly severityNumber?: number
  readonly text?: string
}

/** Says so many records, whose bodies are numbers. */
export function say(road: TelemetryRoad, count: number, { first = 0, severityNumber = 9, text }: Said = {}): void {
  const output = createOtlpOutput(road.spool, encoding)
  for (let n = first; n < first + count; n++) {
    output.emit({
      timeMillis: Date.now(),
      severityNumber,
      severityText: 'INFO',
      body: n,
      eventName: undefined,
      scope,
      context: undefined,
      bound: undefined,
      fields: text === undefined ? undefined : { text },
      error: undefined,
      trace: undefined,
      uid: fixedUid(`uid-${n}`),
    })
  }
}

/** The numbers below a count. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
