import { LEVELS } from '../../logging/index.ts'
import type { InitOptions, LevelOption } from '../options.ts'
import { definedOnly } from './defined-only.ts'
import type { Section } from './section.ts'

/** Reads `logger_provider.logger_configurator/development`. @see https://opentelemetry.io/docs/specs/otel/logs/sdk/#loggerconfig */
export function declarativeLevels(
  provider: Section | undefined,
): Pick<InitOptions, 'level' | 'levels' | 'logSampling'> {
  const configurator = provider?.section('logger_configurator/development')
  const all = configurator?.section('default_config')
  const levels = Object.create(null) as Record<string, LevelOption>
  for (const logger of configurator?.sections('loggers') ?? []) {
    const own = logger.section('config')
    const level = own === undefined ? undefined : levelOf(own)
    const name = logger.value<string>('name')
    if (name !== undefined && level !== undefined) levels[name] ??= level
  }
  return definedOnly<Pick<InitOptions, 'level' | 'levels' | 'logSampling'>>({
    level: all === undefined ? undefined : levelOf(all),
    levels: Object.keys(levels).length === 0 ? undefined : levels,
    logSampling: all?.value<boolean>('trace_based') === true ? 'trace' : undefined,
  })
}

const SEVERITIES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

function levelOf(config: Section): LevelOption | undefined {
  if (config.value<boolean>('enabled') === false) return 'off'
  const [, name = '', step = ''] = /^([a-z]+)(\d?)$/.exec(config.value<string>('minimum_severity') ?? '') ?? []
  // Of the four severities of a level clew has the first.
  if (step !== '') config.disown('minimum_severity')
  return LEVELS[SEVERITIES.indexOf(name)]
}
