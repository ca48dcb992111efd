import { readYaml, type YamlText } from '../settings/file/index.ts'
import type { SettingsMistake } from '../settings/index.ts'
import { STACK_SETTINGS, type StackSettings } from './stack-settings.ts'
import { readText } from './unusable-file.ts'

/** Where settings come from. */
export interface SettingsSource {
  /** The file with a value for each of them: clew's own. */
  readonly defaults: string
  /** The user's file, of which each value wins over the default. */
  readonly file?: string | undefined
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** What the settings are. */
export interface StackReading {
  /** Usable only where there are no mistakes. */
  readonly settings: StackSettings
  readonly mistakes: readonly SettingsMistake[]
  /** Whether a variable says how long INFO is kept. */
  readonly isInfoFromVariable: boolean
}

const PAGE = 'docs/retention.md'
const DAYS = /^0*[1-9]\d{0,4}$/

/**
 * The settings of the stack: LOG_RETENTION_DAYS wins for INFO, then the user's file, then the defaults.
 *
 * @throws UnusableFile when a file can't be read
 */
export function readStackSettings({ defaults, file, variables }: SettingsSource): StackReading {
  const layers = [defaults, ...(file === undefined ? [] : [file])].map((name) =>
    readYaml(STACK_SETTINGS, read(name), () => []),
  )
  const mistakes = layers.flatMap((layer) => layer.mistakes)
  const merged = layers.map(({ value }) => value).reduce(merge)
  const days = variables['LOG_RETENTION_DAYS'] ?? ''
  if (days !== '' && !DAYS.test(days))
    mistakes.push({
      where: 'LOG_RETENTION_DAYS',
      found: JSON.stringify(days.slice(0, 40)),
      allowed: 'a whole number of days, 1 or more',
    })
  const said = days === '' ? {} : { retention: { info: `${Number(days)}d` } }
  return { settings: merge(merged, said) as StackSettings, mistakes, isInfoFromVariable: days !== '' }
}

function read(name: string): YamlText {
  return { name, text: readText(name), page: PAGE }
}

/** Of two values the second; of two objects both, member by member. */
function merge(below: unknown, above: unknown): unknown {
  if (!isObject(below) || !isObject(above)) return above
  const keys = new Set([...Object.keys(below), ...Object.keys(above)])
  return Object.fromEntries([...keys].map((key) => [key, key in above ? merge(below[key], above[key]) : below[key]]))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
