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
  // The last 7 bytes of a trace id are random: the trace is kept when they lie above the threshold that all services share.
  const threshold = Math.round((1 - ratio) * 2 ** 32)
  return {
    shouldSample: (_context, traceId) => (parseInt(traceId.slice(18, 26), 16) >= threshold ? YES : NO),
    toString: () => `TraceIdRatioBased{${ratio}}`,
  }
}

/** Who decides on a span that has a parent, by whether the parent is of another process, and sampled. Where nobody is named, the parent's decision holds. */
export interface ParentSamplers {
  readonly remoteSampled?: Sampler | undefined
  readonly remoteNotSampled?: Sampler | undefined
  readonly localSampled?: Sampler | undefined
  readonly localNotSampled?: Sampler | undefined
}

const NOBODY: ParentSamplers = Object.freeze({})

/** Follows the parent of a span; `root` decides where there is none. @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#parentbased */
export function parentBased(root: Sampler, samplers: ParentSamplers = NOBODY): Sampler {
  return {
    shouldSample(context, traceId, name, kind, attributes, links) {
      const parent = trace.getSpanContext(context)
      if (parent === undefined || !trace.isSpanContextValid(parent))
        return root.shouldSample(context, traceId, name, kind, attributes, links)
      const isSampled = (parent.traceFlags & 1) === 1
      const own = samplers === NOBODY ? undefined : samplerFor(samplers, parent.isRemote === true, isSampled)
      return own?.shouldSample(context, traceId, name, kind, attributes, links) ?? (isSampled ? YES : NO)
    },
    toString: () => `ParentBased{root=${root.toString()}}`,
  }
}

function samplerFor(samplers: ParentSamplers, isRemote: boolean, isSampled: boolean): Sampler | undefined {
  if (isRemote) return isSampled ? samplers.remoteSampled : samplers.remoteNotSampled
  return isSampled ? samplers.localSampled : samplers.localNotSampled
}
