import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the comments say of one option, and the types of options below it. */
export interface OptionText {
  readonly description: string
  readonly below: readonly string[]
}

const SETTINGS = join(import.meta.dirname, '../src/settings/options.ts')
const WEBSOCKET = join(import.meta.dirname, '../src/settings/websocket-options.ts')
const HTTP = join(import.meta.dirname, '../src/settings/http-options.ts')
const RULES = join(import.meta.dirname, '../src/logging/volume-limits.ts')

/** What the comments in the code say of the options, by interface and option. */
export function optionTexts(): ReadonlyMap<string, ReadonlyMap<string, OptionText>> {
  const code = [SETTINGS, HTTP, WEBSOCKET, RULES].map((file) => readFileSync(file, 'utf8')).join('\n')
  const interfaces = [...code.matchAll(/^export interface (\w+)(?: extends (\w+))? \{\n([\s\S]*?)^\}/gm)]
  const texts = new Map<string, ReadonlyMap<string, OptionText>>()
  for (const [, name = '', base = '', body = ''] of interfaces) {
    const own = [...body.matchAll(/(?:\/\*\*([\s\S]*?)\*\/\s*)?readonly (\w+)\??: (.*)/g)].map(
      ([, comment = '', option = '', type = '']) =>
        [option, { description: described(comment), below: type.match(/\b[A-Z]\w+/g) ?? [] }] as const,
    )
    texts.set(name, new Map([...(texts.get(base) ?? []), ...own]))
  }
  return texts
}

/** A comment on one line, with its default at the end. */
function described(comment: string): string {
  const text = comment.replaceAll(/\s*\n\s*\*\s*/g, ' ').trim()
  return text
    .replace(/\s*@see \S+/, '')
    .replace(/\s*@default\s+/, text.startsWith('@default') ? 'Default: ' : ' Default: ')
}
