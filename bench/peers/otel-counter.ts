/** A counter and a histogram of the OpenTelemetry metrics SDK, without attributes, collected by nobody meanwhile. */
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import type { Peer } from '../peer.ts'

export function open(): Peer {
  const meter = new MeterProvider().getMeter('bench')
  const counter = meter.createCounter('order')
  const prices = meter.createHistogram('order.price')
  return {
    info: () => {},
    count: (_message, { price }) => {
      counter.add(1)
      prices.record(price)
    },
  }
}
