import { hostname } from 'node:os'
import type { EffectiveOptions } from '../defaults.ts'
import type { Environment } from '../environment.ts'
import type { Layer } from '../layers.ts'
import { detectResource } from './detect-resource.ts'
import type { ResourceAttributes } from './sources.ts'

const ENVIRONMENT = 'deployment.environment.name'

/** The layers without OTEL_RESOURCE_ATTRIBUTES, where detectors are named and `env` is not. */
export function detectedLayers(layers: readonly Layer[]): readonly Layer[] {
  const names = layers.find(({ options }) => options.resourceDetectors !== undefined)?.options.resourceDetectors
  if (names === undefined || names.includes('env')) return layers
  return layers.filter(({ from }) => from?.('resource') !== 'OTEL_RESOURCE_ATTRIBUTES')
}

/** All attributes of the resource: what is set, and what is found out beside it. */
export function resolveResource(
  options: EffectiveOptions,
  layers: readonly Layer[],
  variables: Environment,
): ResourceAttributes {
  const { resource, resourceDetectors, service, serviceVersion } = options
  return {
    ...detectResource(resourceDetectors, { root: '/', variables, hostName: hostname() }),
    ...resource,
    ...(serviceVersion === undefined ? undefined : { 'service.version': serviceVersion }),
    'service.name': service,
    [ENVIRONMENT]: environmentName(options, layers),
  }
}

/** NODE_ENV mostly says how a program was built; an attribute that names the environment knows better. */
function environmentName({ environment }: EffectiveOptions, layers: readonly Layer[]): string {
  const code = layers.find(({ origin }) => origin === 'code')?.options.environment
  const told = layers.find(({ origin, options }) => origin === 'environment' && options.resource?.[ENVIRONMENT])
  return code ?? told?.options.resource?.[ENVIRONMENT]?.toString() ?? environment
}
