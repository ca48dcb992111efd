import { SEVERITY, type LevelName } from '../logging/index.ts'

/** The level, or another one in place of what is none: programs without types may give anything, and no record is lost for it. */
export function knownLevel(level: LevelName, otherwise: LevelName): LevelName {
  return typeof level === 'string' && Object.hasOwn(SEVERITY, level) ? level : otherwise
}
