import { randomUUID } from 'node:crypto'
import { containerId } from './container-id.ts'
import type { DetectorName } from './detector-names.ts'
import { hostAttributes } from './host.ts'
import { kubernetesAttributes } from './kubernetes.ts'
import { osAttributes, processAttributes } from './process.ts'
import { knownOnly, readText, type ResourceAttributes, type ResourceSources } from './sources.ts'

/** The same as in package.json, which a bundle does not have. */
export const SDK_VERSION = '0.1.0'

/** One for each start of a process, and for each of its threads that clew runs in. */
const INSTANCE_ID = randomUUID()

/**
 * The attributes that clew finds out by itself; never throws, and never asks anybody else than this machine. `env` is left to the caller.
 * @see https://opentelemetry.io/docs/specs/semconv/resource/
 */
export function detectResource(names: readonly DetectorName[], sources: ResourceSources): ResourceAttributes {
  const has = (name: DetectorName): boolean => names.includes(name)
  const isContained = has('container') || has('k8s')
  const texts = {
    cgroup: isContained ? readText(sources, 'proc/self/cgroup') : '',
    mountinfo: isContained ? readText(sources, 'proc/self/mountinfo') : '',
  }
  return {
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'clew',
    'telemetry.sdk.version': SDK_VERSION,
    ...(has('serviceinstance') ? { 'service.instance.id': INSTANCE_ID } : undefined),
    ...(has('host') ? hostAttributes(sources) : undefined),
    ...(has('os') ? osAttributes() : undefined),
    ...(has('process') ? processAttributes() : undefined),
    ...(has('container') ? knownOnly({ 'container.id': containerId(texts) }) : undefined),
    ...(has('k8s') ? kubernetesAttributes(sources, texts) : undefined),
  }
}
