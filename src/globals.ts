import {
  context,
  logs,
  metrics,
  propagation,
  trace,
  type ContextManager,
  type MeterProvider,
  type TextMapPropagator,
  type TracerProvider,
} from '@opentelemetry/api'
import { AsyncContextManager, useForeignContext } from './context/index.ts'
import { describeForeign, findForeignSdk } from './foreign-sdk.ts'
import { ClewLoggerProvider } from './logging/index.ts'
import { registerOlderLogs } from './older-logs-api.ts'
import { standIn } from './stand-in.ts'

/** What is registered with the OpenTelemetry API beside what is always the same. */
export interface GlobalParts {
  readonly tracers: TracerProvider
  /** Undefined when metrics are not sent. */
  readonly meters: MeterProvider | undefined
  readonly propagator: TextMapPropagator
  /** The user's; undefined for clew's own. */
  readonly contextManager: ContextManager | undefined
  /** Whether records of this scope are told elsewhere already. */
  readonly isQuiet?: (scope: string) => boolean
}

/** What became of the registration. */
export interface RegisteredGlobals {
  /** What to tell of an SDK that was there first; undefined when all of the API's globals are ours, or that SDK has clew's processors. */
  readonly foreign: string | undefined
  /** Gives back those that are ours. */
  release(): void
}

/** Makes clew the SDK behind the OpenTelemetry API. */
export function registerGlobals({
  tracers,
  meters,
  propagator,
  contextManager,
  isQuiet,
}: GlobalParts): RegisteredGlobals {
  const comeBack = standIn.giveWay()
  const foreign = findForeignSdk()
  const loggers = new ClewLoggerProvider(isQuiet)
  const ownContext = context.setGlobalContextManager(contextManager?.enable() ?? new AsyncContextManager())
  useForeignContext(!ownContext || contextManager !== undefined)
  const set: [string, { disable(): void }, boolean][] = [
    ['spans', trace, trace.setGlobalTracerProvider(tracers)],
    ['context', context, ownContext],
    ['propagation', propagation, propagation.setGlobalPropagator(propagator)],
    ['the records of other libraries', logs, logs.setGlobalLoggerProvider(loggers)],
  ]
  if (meters !== undefined) set.push(['metrics', metrics, metrics.setGlobalMeterProvider(meters)])
  const releaseOlder = registerOlderLogs(loggers)
  const keeps = set.filter(([, , ours]) => !ours).map(([name]) => name)
  return {
    foreign: foreign === undefined || keeps.length === 0 ? undefined : describeForeign(foreign, keeps),
    release() {
      for (const [, api, ours] of set) if (ours) api.disable()
      releaseOlder()
      useForeignContext(false)
      comeBack()
    },
  }
}
