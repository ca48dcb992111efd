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
  for (let at = 0; at < traceId.length; at++) bits ^= digit(traceId.charCodeAt(at)) << (28 - 4 * (at % FOLDED_DIGITS))
  return bits >>> 0
}

/** Of a hex digit's character: letters lie behind 64, in both cases. */
function digit(code: number): number {
  return (code & 15) + 9 * (code >> 6)
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
    toString: () => `ParentBased{root=${root.toString()}, ${describeParents(samplers)}}`,
  }
}

function samplerFor(samplers: ParentSamplers, isRemote: boolean, isSampled: boolean): Sampler | undefined {
  if (isRemote) return isSampled ? samplers.remoteSampled : samplers.remoteNotSampled
  return isSampled ? samplers.localSampled : samplers.localNotSampled
}

function describeParents({ remoteSampled, remoteNotSampled, localSampled, localNotSampled }: ParentSamplers): string {
  const [on, off] = ['AlwaysOnSampler', 'AlwaysOffSampler']
  const remote = `remoteParentSampled=${String(remoteSampled ?? on)}, remoteParentNotSampled=${String(remoteNotSampled ?? off)}`
  return `${remote}, localParentSampled=${String(localSampled ?? on)}, localParentNotSampled=${String(localNotSampled ?? off)}`
}
