import { propagation, type Context, type TextMapSetter } from '@opentelemetry/api'
import { activeContext, isContextForeign, runInContext } from './context-manager.ts'

/** Writes a context's trace and baggage into what goes to another process. Some SDKs (Sentry) write only the active context: theirs is made active for it. */
export function injectContext<C>(context: Context, carrier: C, setter: TextMapSetter<C>): void {
  if (isContextForeign()) runInContext(context, () => propagation.inject(activeContext(), carrier, setter))
  else propagation.inject(context, carrier, setter)
}
