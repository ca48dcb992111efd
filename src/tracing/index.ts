export { now, toMillis } from './clock.ts'
export { createPropagator, PROPAGATOR_NAMES, type PropagatorName } from './propagators.ts'
export {
  createSampler,
  parentBased,
  SAMPLER_NAMES,
  SAMPLERS_ALLOWED,
  type ParentSamplers,
  type SamplerName,
} from './sampler.ts'
export { DEFAULT_SPAN_LIMITS, RecordingSpan, type SpanLimits } from './span.ts'
export { SpanCounts } from './span-counts.ts'
export { captureSpans, type SpanCapture } from './span-capture.ts'
export { TraceContextPropagator } from './trace-context-propagator.ts'
export { ClewTracerProvider } from './tracer-provider.ts'
export type { TracerParts } from './tracer.ts'
