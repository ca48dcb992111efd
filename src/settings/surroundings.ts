import { loadBeside } from '../loading/index.ts'
import type * as DeclarativeModule from './declarative/index.ts'
import { environmentLayers, type Environment } from './environment.ts'
import type { Layer } from './layers.ts'
import type { MistakeLists } from './otlp-sources.ts'

/** What surrounds a program says. */
export interface Surroundings {
  /** The strongest first. */
  readonly layers: readonly Layer[]
  /** What the declarative file asks for and does not get; undefined when there is nothing. */
  readonly leftOut: string | undefined
}

/**
 * What variables say and, where OTEL_CONFIG_FILE names one, the declarative file, which then takes the place of all of OpenTelemetry's own variables.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#declarative-configuration
 */
export function surroundingLayers(variables: Environment, mistakes: MistakeLists): Surroundings {
  const path = variables['OTEL_CONFIG_FILE']?.trim()
  if (path === undefined || path === '')
    return { layers: environmentLayers(variables, mistakes.environment), leftOut: undefined }
  const others = Object.entries(variables).filter(([name]) => !name.startsWith('OTEL_'))
  const layers = environmentLayers(Object.fromEntries(others), mistakes.environment)
  const { layer, mistakes: wrong, leftOut } = loadDeclarative().readDeclarative(path)
  mistakes.options.push(...wrong)
  if (layer === undefined) return { layers, leftOut }
  // What a program's environment is called is told by the file rather than by NODE_ENV, which is Node's own affair.
  const [weaker, stronger] = [layers.filter(isNodeEnv), layers.filter((one) => !isNodeEnv(one))]
  return { layers: [...stronger, layer, ...weaker], leftOut }
}

function isNodeEnv({ from }: Layer): boolean {
  return from?.('environment') === 'NODE_ENV'
}

function loadDeclarative(): typeof DeclarativeModule {
  return loadBeside<typeof DeclarativeModule>(import.meta.url, './declarative/index', () =>
    require('./declarative/index.js'),
  )
}
