import { context, logs, metrics, propagation, trace, type MeterProvider, type TracerProvider } from '@opentelemetry/api'
import { AsyncContextManager } from './context/index.ts'
import { ClewLoggerProvider } from './logging/index.ts'
import { TraceContextPropagator } from './tracing/index.ts'

/** What is registered with the OpenTelemetry API beside what is always the same. */
export interface GlobalParts {
  readonly tracers: TracerProvider
  /** Undefined when metrics are not sent. */
  readonly meters: MeterProvider | undefined
}

/** What became of the registration. */
export interface RegisteredGlobals {
  /** Whether all of the API's globals are ours: no other SDK was there first. */
  readonly complete: boolean
  /** Gives back those that are ours. */
  release(): void
}

/** Makes clew the SDK behind the OpenTelemetry API. */
export function registerGlobals({ tracers, meters }: GlobalParts): RegisteredGlobals {
  const set: [{ disable(): void }, boolean][] = [
    [trace, trace.setGlobalTracerProvider(tracers)],
    [context, context.setGlobalContextManager(new AsyncContextManager())],
    [propagation, propagation.setGlobalPropagator(new TraceContextPropagator())],
    [logs, logs.setGlobalLoggerProvider(new ClewLoggerProvider())],
  ]
  if (meters !== undefined) set.push([metrics, metrics.setGlobalMeterProvider(meters)])
  const ours = set.filter(([, taken]) => taken).map(([api]) => api)
  return {
    complete: ours.length === set.length,
    release() {
      for (const api of ours) api.disable()
    },
  }
}
