/** The levels, least severe first; a level's rank is its place here. */
export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const

/** A level as people see it. */
export type Level = (typeof LEVELS)[number]

const RANK_BY_TEXT: Readonly<Record<string, number>> = {
  TRACE: 0,
  DEBUG: 1,
  INFO: 2,
  INFORMATION: 2,
  NOTICE: 2,
  WARN: 3,
  WARNING: 3,
  ERROR: 4,
  FATAL: 5,
  CRITICAL: 5,
  EMERGENCY: 5,
}

const INFO_NUMBER = 9

/** The rank of an OTLP severity number from 1 to 24: four numbers to a level. */
export function rankOfSeverity(severityNumber: number): number {
  return (severityNumber - 1) >> 2
}

/** The severity number of a record, from its text when it has no number; INFO when neither says. */
export function knownSeverity(severityNumber: number, severityText: string): number {
  if (severityNumber > 0) return severityNumber
  const rank = RANK_BY_TEXT[severityText.toUpperCase()]
  return rank === undefined ? INFO_NUMBER : rank * 4 + 1
}

/** The name of a rank. */
export function levelOfRank(rank: number): Level {
  return LEVELS[rank] ?? 'INFO'
}
