import type { Context } from '@opentelemetry/api'
import type { RecordingSpan, TracerParts } from '../tracing/index.ts'
import { callPlugin, type PluginParts } from './plugin-parts.ts'
import { ProcessedSpan } from './processed-span.ts'
import type { SpanProcessor } from './sdk-shapes.ts'

type SpanHooks = Omit<TracerParts, 'sampler'>

/** Lets processors follow each span from its start to its end. */
export class SpanStage {
  readonly #processors: readonly SpanProcessor[]
  readonly #parts: PluginParts
  readonly #spans = new WeakMap<RecordingSpan, ProcessedSpan>()

  constructor(processors: readonly SpanProcessor[], parts: PluginParts) {
    this.#processors = processors
    this.#parts = parts
  }

  /** What tracers hand spans to, so that the processors have them before clew's own sink. */
  before(sink: (span: RecordingSpan) => void): SpanHooks {
    return {
      started: (span, context) => this.#started(span, context),
      ending: (span, endMillis) => this.#ending(span, endMillis),
      ended: (span) => {
        this.#ended(span)
        sink(span)
      },
    }
  }

  #started(span: RecordingSpan, context: Context): void {
    const processed = new ProcessedSpan(span, this.#parts)
    this.#spans.set(span, processed)
    this.#each((processor) => processor.onStart(processed, context))
  }

  #ending(span: RecordingSpan, endMillis: number): void {
    const processed = this.#spans.get(span)
    if (processed === undefined) return
    processed.ending(endMillis)
    this.#each((processor) => processor.onEnding?.(processed))
  }

  #ended(span: RecordingSpan): void {
    const processed = this.#spans.get(span)
    if (processed === undefined) return
    processed.close()
    this.#each((processor) => processor.onEnd(processed))
  }

  #each(call: (processor: SpanProcessor) => unknown): void {
    for (const processor of this.#processors) callPlugin(processor, this.#parts, () => call(processor))
  }
}
