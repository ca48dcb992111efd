import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api'

/** Several propagators, one after the other; one that throws is passed over. */
export class CompositePropagator implements TextMapPropagator {
  readonly #propagators: readonly TextMapPropagator[]

  constructor(propagators: readonly TextMapPropagator[]) {
    this.#propagators = propagators
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    for (const propagator of this.#propagators) {
      try {
        propagator.inject(context, carrier, setter)
      } catch {
        // the request goes out without what this one would have said
      }
    }
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    let extracted = context
    for (const propagator of this.#propagators) {
      try {
        extracted = propagator.extract(extracted, carrier, getter)
      } catch {
        // the request counts as one that tells nothing of this kind
      }
    }
    return extracted
  }

  fields(): string[] {
    return [...new Set(this.#propagators.flatMap((propagator) => propagator.fields()))]
  }
}
