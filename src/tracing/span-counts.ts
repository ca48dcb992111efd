import { SamplingDecision, TraceFlags, type SpanContext } from '@opentelemetry/api'

const ORIGINS = ['none', 'local', 'remote'] as const
/** In the order of SamplingDecision, as OpenTelemetry's metrics call them. */
const RESULTS = ['DROP', 'RECORD_ONLY', 'RECORD_AND_SAMPLE'] as const

/** Spans with the same beginning. */
export interface StartedSpans {
  readonly parentOrigin: (typeof ORIGINS)[number]
  readonly samplingResult: (typeof RESULTS)[number]
  readonly count: number
}

/** Counts spans as they start and end. */
export class SpanCounts {
  readonly #started = new Float64Array(ORIGINS.length * RESULTS.length)
  readonly #live = new Float64Array(RESULTS.length)

  started(parent: SpanContext | undefined, decision: SamplingDecision): void {
    const origin = parent === undefined ? 0 : parent.isRemote === true ? 2 : 1
    this.#add(this.#started, origin * RESULTS.length + decision, 1)
    if (decision !== SamplingDecision.NOT_RECORD) this.#add(this.#live, decision, 1)
  }

  ended(traceFlags: number): void {
    const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0
    this.#add(this.#live, sampled ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.RECORD, -1)
  }

  #add(counts: Float64Array, index: number, count: number): void {
    counts[index] = (counts[index] as number) + count
  }

  /** Spans started so far, of each kind of which there were any. */
  get all(): StartedSpans[] {
    return ORIGINS.flatMap((parentOrigin, origin) =>
      RESULTS.map((samplingResult, result) => ({
        parentOrigin,
        samplingResult,
        count: this.#started[origin * RESULTS.length + result] as number,
      })),
    ).filter(({ count }) => count > 0)
  }

  /** Spans that have not ended, by their sampling result. */
  get live(): Readonly<Record<'RECORD_ONLY' | 'RECORD_AND_SAMPLE', number>> {
    return { RECORD_ONLY: this.#live[1] as number, RECORD_AND_SAMPLE: this.#live[2] as number }
  }
}
