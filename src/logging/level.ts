/** The level names that records carry, from the least severe. */
export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const
export type LevelName = (typeof LEVELS)[number]

/**
 * OpenTelemetry severity numbers of clew's levels.
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
 */
export const SEVERITY = Object.freeze({ TRACE: 1, DEBUG: 5, INFO: 9, WARNING: 13, ERROR: 17, CRITICAL: 21 })

/** Above every level: nothing passes. */
export const OFF = 100

/** The level that a severity number lies in. */
export function levelName(severityNumber: number): LevelName {
  const index = Math.floor((severityNumber - 1) / 4)
  return LEVELS[Math.min(Math.max(index, 0), LEVELS.length - 1)] as LevelName
}

const SPELLINGS: ReadonlyMap<string, number> = new Map([
  ...Object.entries(SEVERITY),
  ['WARN', SEVERITY.WARNING],
  ['FATAL', SEVERITY.CRITICAL],
  ['OFF', OFF],
  ['NONE', OFF],
])

/** The severity number of a level's name, in any case; `warn`, `fatal` and `off` are accepted. Undefined for anything else. */
export function parseLevel(text: string): number | undefined {
  return typeof text === 'string' ? SPELLINGS.get(text.trim().toUpperCase()) : undefined
}

/** The level, or another one in place of what is none: programs without types may give anything, and no record is lost for it. */
export function knownLevel(level: LevelName, otherwise: LevelName = 'INFO'): LevelName {
  return LEVELS.includes(level) ? level : otherwise
}
