/** One wrong value. */
export interface SettingsMistake {
  /** Where it was found: `init({ level })`, an environment variable, or `config.yaml:3:10 logging.level`. */
  readonly where: string
  /** What was found, as text. */
  readonly found: string
  /** What is allowed there. */
  readonly allowed: string
  /** What was probably meant. */
  readonly nearest?: string
}

/** Says all mistakes in the options of `init()` and in the file of settings at once. */
export class SettingsError extends Error {
  readonly mistakes: readonly SettingsMistake[]

  constructor(mistakes: readonly SettingsMistake[]) {
    super(
      `clew can't start with these settings:\n${mistakes.map((mistake) => `  ${describeMistake(mistake)}`).join('\n')}`,
    )
    this.name = 'SettingsError'
    this.mistakes = mistakes
  }
}

/** One line: place, found, allowed. */
export function describeMistake({ where, found, allowed, nearest }: SettingsMistake): string {
  const meant = nearest === undefined ? '' : ` (did you mean ${nearest}?)`
  return `${where}: found ${found}; allowed: ${allowed}${meant}`
}

/** A value that turns out to be of no use when it is put together with others, or when its file is read. */
export class UnusableValue extends Error {
  readonly found: string
  readonly allowed: string

  constructor(found: string, allowed: string) {
    super(`found ${found}; allowed: ${allowed}`)
    this.name = 'UnusableValue'
    this.found = found
    this.allowed = allowed
  }
}
