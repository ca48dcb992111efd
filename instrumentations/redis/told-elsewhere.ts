import { trace, type Context } from '@opentelemetry/api'

/** What spans keep of their scope: those of clew, and those of OpenTelemetry's SDK. */
interface Scoped {
  readonly scope?: { readonly name?: unknown }
  readonly instrumentationScope?: { readonly name?: unknown }
}

/** Whether OpenTelemetry's own instrumentation, put to work by another SDK, has begun a span for the command that is being sent. */
export function isToldElsewhere(context: Context): boolean {
  const span = trace.getSpan(context) as Scoped | undefined
  const name = span?.instrumentationScope?.name ?? span?.scope?.name
  return name === '@opentelemetry/instrumentation-redis'
}
