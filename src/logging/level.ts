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

const SPELLINGS: Readonly<Record<string, number>> = Object.freeze({ ...SEVERITY, WARN: 13, FATAL: 21, OFF, NONE: OFF })

/** The severity number of a level's name, in any case; `warn`, `fatal` and `off` are accepted. Undefined for anything else. */
export function parseLevel(text: string): number | undefined {
  return SPELLINGS[text.trim().toUpperCase()]
}
