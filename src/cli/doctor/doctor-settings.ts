import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  describeMistake,
  effectiveSettings,
  resolveSettings,
  SettingsError,
  type EffectiveSetting,
  type ResolvedSettings,
  type Settings,
} from '../../settings/index.ts'
import { failure, ok, warning, type Finding } from './finding.ts'

/** The settings of a program that would be started here, and what is to be said of them. */
export interface DoctorSettings {
  readonly settings: Settings
  readonly effective: readonly EffectiveSetting[]
  readonly findings: readonly Finding[]
}

/** Puts the settings together as `init()` does. Where a file of settings can't be used, that is a finding, and the rest is looked at without it. */
export function doctorSettings(directory: string, variables: NodeJS.ProcessEnv): DoctorSettings {
  const findings: Finding[] = []
  const resolved = resolveIn(directory, variables, findings)
  const { settings, layers, mistakes, leftOut } = resolved
  const told = new Set(findings.map(({ message }) => message))
  for (const mistake of mistakes)
    if (!told.has(describeMistake(mistake)))
      findings.push(warning('settings', describeMistake(mistake), 'put it right; until then its default is used'))
  const effective = effectiveSettings(layers)
  if (told.size === 0) findings.push(...usable(effective, variables))
  for (const line of leftOut?.split('\n').slice(1) ?? []) findings.push(warning(FILE, line.trim()))
  findings.push(...unread(variables), ...unsent(settings))
  return { settings, effective, findings }
}

/** The files of settings that are there. */
function usable(effective: readonly EffectiveSetting[], variables: NodeJS.ProcessEnv): Finding[] {
  const config = effective.find(({ path, origin }) => path === 'config' && origin === 'file')
  const files = [
    [CONFIG, config?.value],
    [FILE, variables[FILE]],
  ] as const
  return files.flatMap(([subject, file]) => (file ? [ok(subject, `${file} can be used`)] : []))
}

const CONFIG = 'config'

const FILE = 'OTEL_CONFIG_FILE'

function resolveIn(directory: string, variables: NodeJS.ProcessEnv, findings: Finding[]): ResolvedSettings {
  const mainFile = join(directory, 'main.js')
  try {
    return resolveSettings({}, variables, { mainFile })
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    for (const mistake of error.mistakes)
      findings.push(failure('settings', describeMistake(mistake), 'put it right: init() throws until then'))
    return resolveSettings({}, variables, { mainFile, forgiving: true })
  }
}

/** Variables that the declarative file has taken the place of, save those that it has put in itself. */
function unread(variables: NodeJS.ProcessEnv): Finding[] {
  const { OTEL_CONFIG_FILE: file } = variables
  if (!file) return []
  const text = textOf(file)
  const names = Object.keys(variables)
    .filter((name) => name.startsWith('OTEL_') && name !== FILE && variables[name] && !text.includes(name))
    .toSorted()
  if (names.length === 0) return []
  return [warning(FILE, `${names.join(', ')}: not read, since the file takes the place of all OTEL_ variables`)]
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function unsent({ otlp, unsent: wanted, disabled }: Settings): Finding[] {
  if (disabled) return [warning('settings', 'clew is disabled: nothing is recorded')]
  if (otlp !== undefined || wanted) return []
  return [
    warning(
      'settings',
      'nothing is sent to a collector',
      'set OTEL_EXPORTER_OTLP_ENDPOINT, or init({ otlp: { endpoint } })',
    ),
  ]
}
