import { OFF } from '../../logging/index.ts'
import type { Section } from './section.ts'

/** The levels of records. */
export interface DeclarativeLevels {
  readonly level: number | undefined
  readonly components: Readonly<Record<string, number>>
  readonly logSampling: 'trace' | undefined
}

/** Reads `logger_provider.logger_configurator/development`. @see https://opentelemetry.io/docs/specs/otel/logs/sdk/#loggerconfig */
export function declarativeLevels(provider: Section | undefined): DeclarativeLevels {
  const configurator = provider?.section('logger_configurator/development')
  const all = configurator?.section('default_config')
  const components = Object.create(null) as Record<string, number>
  for (const logger of configurator?.sections('loggers') ?? []) {
    const own = logger.section('config')
    const level = own === undefined ? undefined : levelOf(own)
    const name = logger.value<string>('name')
    if (name !== undefined && level !== undefined) components[name] ??= level
  }
  return {
    level: all === undefined ? undefined : levelOf(all),
    components,
    logSampling: all?.value<boolean>('trace_based') === true ? 'trace' : undefined,
  }
}

const SEVERITIES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

function levelOf(config: Section): number | undefined {
  if (config.value<boolean>('enabled') === false) return OFF
  const [, name = '', step = '1'] = /^([a-z]+)(\d?)$/.exec(config.value<string>('minimum_severity') ?? '') ?? []
  return name === '' ? undefined : SEVERITIES.indexOf(name) * 4 + Number(step || 1)
}
