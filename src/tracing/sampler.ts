import { SamplingDecision, trace, type Sampler, type SamplingResult } from '@opentelemetry/api'

/** The values of OTEL_TRACES_SAMPLER. @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration */
export const SAMPLER_NAMES = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const
/** The samplers that OpenTelemetry names and clew does not have: they ask a server what to keep. */
export const SAMPLERS_ALLOWED = `${SAMPLER_NAMES.join(', ')} (jaeger_remote and xray are not here: they ask a server of their own)`
export type SamplerName = (typeof SAMPLER_NAMES)[number]

const YES: SamplingResult = Object.freeze({ decision: SamplingDecision.RECORD_AND_SAMPLED })
const NO: SamplingResult = Object.freeze({ decision: SamplingDecision.NOT_RECORD })

/** A standard sampler by name. `ratio` is the share of traces kept, 0 to 1, where the name has one. */
export function createSampler(name: SamplerName, ratio: number): Sampler {
  const root = rootSampler(name.replace('parentbased_', ''), ratio)
  return name.startsWith('parentbased_') ? parentBased(root) : root
}

function rootSampler(name: string, ratio: number): Sampler {
  if (name === 'always_on') return { shouldSample: () => YES, toString: () => 'AlwaysOnSampler' }
  if (name === 'always_off') return { shouldSample: () => NO, toString: () => 'AlwaysOffSampler' }
  // OpenTelemetry leaves to each language how a trace id is judged; judged as its SDK for JavaScript does, a trace is kept or left out by all Node services alike.
  const bound = ratio === 1 ? 2 ** 32 : Math.floor(ratio * (2 ** 32 - 1))
  return {
    shouldSample: (_context, traceId) => (folded(traceId) < bound ? YES : NO),
    toString: () => `TraceIdRatioBased{${ratio}}`,
  }
}

const FOLDED_DIGITS = 8

/** The four parts of a trace id, one over the other. */
function folded(traceId: string): number {
  let bits = 0
  for (let at = 0; at < traceId.length; at += FOLDED_DIGITS) bits ^= parseInt(traceId.slice(at, at + FOLDED_DIGITS), 16)
  return bits >>> 0
}

const SAME_AS_PARENT =
  'remoteParentSampled=AlwaysOnSampler, remoteParentNotSampled=AlwaysOffSampler, localParentSampled=AlwaysOnSampler, localParentNotSampled=AlwaysOffSampler'

function parentBased(root: Sampler): Sampler {
  return {
    shouldSample(context, traceId, name, kind, attributes, links) {
      const parent = trace.getSpanContext(context)
      if (parent === undefined || !trace.isSpanContextValid(parent))
        return root.shouldSample(context, traceId, name, kind, attributes, links)
      return (parent.traceFlags & 1) === 1 ? YES : NO
    },
    toString: () => `ParentBased{root=${root.toString()}, ${SAME_AS_PARENT}}`,
  }
}
