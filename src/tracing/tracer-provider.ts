import type { Tracer, TracerProvider } from '@opentelemetry/api'
import { createScope } from '../otlp/index.ts'
import { plainText } from '../values/index.ts'
import { QuietTracer } from './quiet-tracer.ts'
import { capturable } from './span-capture.ts'
import { ClewTracer, type TracerParts } from './tracer.ts'

/** More tracers than these work too, but are made anew each time: names made from data must not fill the memory. */
const MAX_TRACERS = 10_000
const MAX_KEY_LENGTH = 1_024

/** clew's TracerProvider behind the API's interface. */
export class ClewTracerProvider implements TracerProvider {
  readonly #parts: TracerParts
  readonly #tracers = new Map<string, Tracer>()

  constructor(parts: TracerParts) {
    this.#parts = capturable(parts)
  }

  getTracer(name: string, version?: string): Tracer {
    const key = `${plainText(name)}@${plainText(version ?? '')}`
    let tracer = this.#tracers.get(key)
    if (tracer === undefined) {
      const isQuiet = this.#parts.isQuiet?.(plainText(name)) === true
      tracer = isQuiet ? new QuietTracer() : new ClewTracer(createScope(name, version), this.#parts)
      if (this.#tracers.size < MAX_TRACERS && key.length <= MAX_KEY_LENGTH) this.#tracers.set(key, tracer)
    }
    return tracer
  }
}
