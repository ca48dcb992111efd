import { VARIABLES } from '../src/settings/environment.ts'
import { fileKey } from '../src/settings/file/file-key.ts'
import { isInFile } from '../src/settings/file/option-reader.ts'
import { OPTIONS } from '../src/settings/schema.ts'
import { optionPaths } from '../src/settings/schema-shape.ts'

/** An option by each of its names. */
export interface OptionNames {
  readonly option: string
  /** Undefined for what only code can give. */
  readonly key: string | undefined
  readonly variables: readonly string[]
}

const SIGNAL_OPTION = /^(otlp\.(?:logs|traces|metrics))\..*/

/** All options; those of one signal once, below `otlp`. */
export function optionNames(): OptionNames[] {
  const paths = optionPaths(OPTIONS.entries).map((path) => path.replace(SIGNAL_OPTION, '$1'))
  return [...new Set(paths)].map((option) => {
    const [first] = option.split('.') as [keyof typeof OPTIONS.entries]
    return {
      option,
      key: isInFile([first, OPTIONS.entries[first]]) ? option.split('.').map(fileKey).join('.') : undefined,
      variables: VARIABLES.filter(({ paths: set }) => set.includes(option)).map(({ name }) => name),
    }
  })
}

/** The table of names for docs/options.md. */
export function optionNamesTable(): string {
  const code = (text: string): string => `\`${text}\``
  const rows = optionNames().map(
    ({ option, key, variables }) =>
      `| ${code(option)} | ${key === undefined ? 'only in code' : code(key)} | ${variables.map(code).join(', ')} |`,
  )
  return ['| `init()` | below `logging:` | environment |', '| --- | --- | --- |', ...rows].join('\n')
}
