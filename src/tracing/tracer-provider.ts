import type { Tracer, TracerProvider } from '@opentelemetry/api'
import { createScope } from '../otlp/index.ts'
import { ClewTracer, type TracerParts } from './tracer.ts'

/** clew's TracerProvider behind the API's interface. */
export class ClewTracerProvider implements TracerProvider {
  readonly #parts: TracerParts
  readonly #tracers = new Map<string, Tracer>()

  constructor(parts: TracerParts) {
    this.#parts = parts
  }

  getTracer(name: string, version?: string): Tracer {
    const key = `${name}@${version ?? ''}`
    let tracer = this.#tracers.get(key)
    if (tracer === undefined) {
      tracer = new ClewTracer(createScope(name, version), this.#parts)
      this.#tracers.set(key, tracer)
    }
    return tracer
  }
}
