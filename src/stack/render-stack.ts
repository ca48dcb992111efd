import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { editYaml } from './edit-yaml.ts'
import { SETTING_PLACES, variableDefaults } from './setting-places.ts'
import type { StackSettings } from './stack-settings.ts'

/** Where the user's settings are, in the folder of a stack. */
export const SETTINGS_FILE = 'stack/settings.yaml'

const TOP = ['collector-config.yaml', 'docker-compose.yml', '.env.example']
/** What the repository alone needs (servers without Docker, code that makes dashboards), and what is the user's to change. */
const NOT_WRITTEN = /^stack\/native\/|\.ts$|\/\.written-by-clew\.json$|^stack\/(?:settings|alerts)\.yaml$/

/**
 * All files of the stack with these settings put in: texts by their paths in the folder of the stack.
 *
 * @param folder of clew's package, whose files are the originals
 */
export function renderStack(folder: string, settings: StackSettings): ReadonlyMap<string, string> {
  const variables = variableDefaults(settings)
  return new Map(
    [...TOP, ...filesBelow(folder)].map((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      const edits = SETTING_PLACES[file]?.(settings) ?? []
      return [file, withDefaults(edits.length === 0 ? text : editYaml(text, edits), variables)]
    }),
  )
}

/** Whether a path in the folder of the stack is one where a file of `renderStack` can be; what is the user's is none. */
export function canBeWritten(file: string): boolean {
  if (TOP.includes(file)) return true
  return file.startsWith('stack/') && !/\\|\/$/.test(file) && posix.normalize(file) === file && !NOT_WRITTEN.test(file)
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(folder, 'stack'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    )
    .filter((file) => !NOT_WRITTEN.test(file))
    .toSorted()
}

function withDefaults(text: string, variables: Readonly<Record<string, number>>): string {
  return text.replaceAll(/\$\{env:(\w+):-[^}]*\}/g, (found, name: string) =>
    Object.hasOwn(variables, name) ? `\${env:${name}:-${variables[name]}}` : found,
  )
}
