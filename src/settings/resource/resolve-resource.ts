import { hostname } from 'node:os'
import type { Environment, EnvironmentSettings } from '../environment.ts'
import type { InitOptions } from '../options.ts'
import { detectResource } from './detect-resource.ts'
import type { ProgramPackage } from './program-package.ts'
import type { ResourceAttributes } from './sources.ts'

/** What else there is to know of the resource. */
export interface ResourceParts {
  readonly env: EnvironmentSettings
  readonly variables: Environment
  readonly program: ProgramPackage
  readonly service: string
  readonly environment: string
}

const ENVIRONMENT = 'deployment.environment.name'

/** All attributes of the resource: code before environment before what is found out. */
export function resolveResource(
  { serviceVersion, resource, environment }: InitOptions,
  { env, variables, program, ...parts }: ResourceParts,
): ResourceAttributes {
  return {
    ...detectResource(env.detectors, { root: '/', variables, hostName: hostname() }),
    ...(program.version === undefined ? undefined : { 'service.version': program.version }),
    [ENVIRONMENT]: parts.environment,
    ...env.resource,
    ...(serviceVersion === undefined ? undefined : { 'service.version': serviceVersion }),
    ...(environment === undefined ? undefined : { [ENVIRONMENT]: environment }),
    ...resource,
    'service.name': parts.service,
  }
}
