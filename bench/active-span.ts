import { context, trace } from '@opentelemetry/api'
import type { Peer } from './peer.ts'

/** Runs a function inside an active span, of the peer's SDK when it has one. */
export async function inActiveSpan<R>({ inSpan }: Peer, fn: () => Promise<R>): Promise<R> {
  if (inSpan !== undefined) return inSpan(fn)
  const span = trace.getTracer('bench').startSpan('bench')
  try {
    return await context.with(trace.setSpan(context.active(), span), fn)
  } finally {
    span.end()
  }
}
