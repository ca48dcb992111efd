import {
  context,
  logs,
  propagation,
  ProxyTracerProvider,
  trace,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api'
import { AsyncContextManager, useForeignContext } from '../context/index.ts'
import { ClewLoggerProvider } from '../logging/index.ts'
import { registerOlderLogs } from '../older-logs-api.ts'
import { ClewTracerProvider, createPropagator, createSampler } from '../tracing/index.ts'

/** Registers with the OpenTelemetry API what a capture needs while clew does not run. @returns gives it back */
export function registerStandIn(): () => void {
  const loggers = new ClewLoggerProvider()
  const ownContext = context.setGlobalContextManager(new StandInContext())
  useForeignContext(!ownContext)
  const registered: [{ disable(): void }, boolean][] = [
    [trace, trace.setGlobalTracerProvider(tracers)],
    [context, ownContext],
    [propagation, propagation.setGlobalPropagator(createPropagator(['tracecontext', 'baggage'], () => {}))],
    [logs, logs.setGlobalLoggerProvider(loggers)],
  ]
  const releaseOlder = registerOlderLogs(loggers)
  return () => {
    for (const [api, ours] of registered) if (ours) api.disable()
    releaseOlder()
    useForeignContext(false)
  }
}

/** Gives the API's place back without ending the contexts of code that runs on. */
class StandInContext extends AsyncContextManager {
  override disable(): this {
    return this
  }
}

const own = new ClewTracerProvider({ sampler: createSampler('parentbased_always_on', 1), ended: () => {} })

/** Its tracers are for now: the API keeps those it once got, and so they may outlive the capture that they were made in. */
const tracers: TracerProvider = { getTracer: (name, version) => new StandInTracer(name, version) }

class StandInTracer implements Tracer {
  readonly #name: string
  readonly #version: string | undefined

  constructor(name: string, version: string | undefined) {
    this.#name = name
    this.#version = version
  }

  startSpan(name: string, options?: SpanOptions, parent?: Context): Span {
    return this.#tracer().startSpan(name, options, parent)
  }

  startActiveSpan<F extends (span: Span) => unknown>(...call: [name: string, ...rest: never[]]): ReturnType<F> {
    const tracer = this.#tracer() as { startActiveSpan(...call: unknown[]): unknown }
    return tracer.startActiveSpan(...call) as ReturnType<F>
  }

  #tracer(): Tracer {
    const global = trace.getTracerProvider()
    const registered = global instanceof ProxyTracerProvider ? global.getDelegate() : global
    return (registered === tracers ? own : registered).getTracer(this.#name, this.#version)
  }
}
