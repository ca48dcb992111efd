import type { Sampler } from '@opentelemetry/api'
import { createSampler, parentBased } from '../../tracing/index.ts'
import type { Section } from './section.ts'

/** Builds the samplers that clew has; undefined for others, which stay unasked for. @see https://opentelemetry.io/docs/specs/otel/trace/sdk/#sampler */
export function declarativeSampler(sampler: Section): Sampler | undefined {
  if (sampler.section('always_on') !== undefined) return createSampler('always_on', 1)
  if (sampler.section('always_off') !== undefined) return createSampler('always_off', 1)
  const ratio = sampler.section('trace_id_ratio_based')
  if (ratio !== undefined) return createSampler('traceidratio', ratio.value<number>('ratio') ?? 1)
  const parent = sampler.section('parent_based')
  return parent === undefined ? undefined : followParent(parent)
}

function followParent(parent: Section): Sampler {
  const own = (key: string): Sampler | undefined => {
    const sampler = parent.section(key)
    return sampler === undefined ? undefined : declarativeSampler(sampler)
  }
  return parentBased(own('root') ?? createSampler('always_on', 1), {
    remoteSampled: own('remote_parent_sampled'),
    remoteNotSampled: own('remote_parent_not_sampled'),
    localSampled: own('local_parent_sampled'),
    localNotSampled: own('local_parent_not_sampled'),
  })
}
