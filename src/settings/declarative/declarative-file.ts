import { readFileSync } from 'node:fs'
import type * as Configuration from '@opentelemetry/configuration'
import type * as Yaml from 'yaml'
import type { SettingsMistake } from '../settings-error.ts'
import { shownValue, UNSHOWN } from '../shown-value.ts'
import { Section } from './section.ts'

/** What the file says, checked against the schema, with environment variables put in. */
export interface DeclarativeFile {
  readonly path: string
  readonly content: Section
  /** A place with its line, as people look for it. */
  where(place: string): string
  /** The line of a place, or of the innermost part of it that is there. */
  lineOf(place: string): number | undefined
  /** Set when the file is of a newer version of the format than the one that is read. */
  readonly newerFormat: string | undefined
}

/** The newest version of the format that the official parser knows. */
const FORMAT = [1, 1] as const
const SCHEMA = 'https://github.com/open-telemetry/opentelemetry-configuration'

/** Reads the file with the official parser; answers what is wrong with it where that can't be. */
export function readDeclarativeFile(path: string): DeclarativeFile | readonly SettingsMistake[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    return [{ where: 'OTEL_CONFIG_FILE', found: `${shownValue(path)}, which can't be read (${code})`, allowed: FILE }]
  }
  const parsers = loadParsers()
  if (parsers === undefined) return [UNLOADED]
  const lines = new FileLines(path, text, parsers.yaml)
  if (lines.mistakes.length > 0) return lines.mistakes
  try {
    const content = new Section(parsers.parseConfigFile(path))
    const lineOf = (place: string): number | undefined => lines.lineOf(keysOf(place))
    const where = (place: string): string => (lineOf(place) === undefined ? place : `${place} (line ${lineOf(place)})`)
    return { path, content, where, lineOf, newerFormat: newerFormat(lines.format) }
  } catch (error) {
    return refusals(path, (error as Error).message).map((refusal) => lines.mistake(refusal))
  }
}

/** The official parser, and the one that it stands on, for its lines; undefined in a bundle that they are not beside. */
function loadParsers(): { readonly yaml: typeof Yaml; readonly parseConfigFile: ParseFile } | undefined {
  try {
    const require = process.getBuiltinModule('node:module').createRequire(import.meta.url)
    const { parseConfigFile } = require('@opentelemetry/configuration') as typeof Configuration
    return { yaml: require('yaml') as typeof Yaml, parseConfigFile }
  } catch {
    return undefined
  }
}

type ParseFile = (typeof Configuration)['parseConfigFile']

const UNLOADED: SettingsMistake = {
  where: 'OTEL_CONFIG_FILE',
  found: 'no @opentelemetry/configuration to read it',
  allowed: 'the package clew as it was installed: leave it out of the bundle',
}

const FILE = 'the path of a file in the declarative format of OpenTelemetry'

function keysOf(place: string): string[] {
  return place.split(/[.[\]]+/).filter((key) => key !== '')
}

function newerFormat(format: string): string | undefined {
  const [, minor = 0] = format.split('-', 1)[0]?.split('.').map(Number) ?? []
  return minor > FORMAT[1] ? format : undefined
}

interface Refusal {
  readonly path: readonly string[]
  readonly reason: string
}

/** What the official parser says: a text, in which each mistake begins with the path in JSON. */
function refusals(file: string, message: string): Refusal[] {
  const [, list] = /^Invalid OpenTelemetry config file: (.*)$/s.exec(message) ?? []
  if (list === undefined)
    return [{ path: message.includes('file_format') ? ['file_format'] : [], reason: message.replace(`${file}: `, '') }]
  return list
    .replace(`${file}: `, '')
    .split('\n')
    .map((line) => /^\s*(\S*) (.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pointer = '', reason = '']) => ({ path: pointer.split('/').slice(1), reason }))
}

/** Where things are in the file, and what is written there. */
class FileLines {
  readonly mistakes: readonly SettingsMistake[]
  readonly #file: string
  readonly #yaml: typeof Yaml
  readonly #document: Yaml.Document
  readonly #counter: Yaml.LineCounter

  constructor(file: string, text: string, yaml: typeof Yaml) {
    this.#file = file
    this.#yaml = yaml
    this.#counter = new yaml.LineCounter()
    const options = { version: '1.2', lineCounter: this.#counter, prettyErrors: false } as const
    const document = yaml.parseDocument(text, options)
    this.#document = document
    // The official parser takes what it can make of a broken file.
    this.mistakes = document.errors.map(({ pos, message }) => ({
      where: `${file}, line ${this.#counter.linePos(pos[0]).line}`,
      found: `no YAML: ${message}`,
      allowed: 'YAML 1.2',
    }))
  }

  get format(): string {
    const format = this.#document.get('file_format')
    return typeof format === 'string' ? format : ''
  }

  mistake({ path, reason }: Refusal): SettingsMistake {
    const line = this.lineOf(path)
    const place = path.reduce((name, key) => (/^\d+$/.test(key) ? `${name}[${key}]` : `${name}.${key}`), '').slice(1)
    const where = [this.#file, ...(line === undefined ? [] : [`line ${line}`]), ...(place === '' ? [] : [place])]
    return { where: where.join(', '), found: this.#found(path), allowed: `what the schema says: ${reason} (${SCHEMA})` }
  }

  /** The line of the innermost part of a path that is there. */
  lineOf(path: readonly string[]): number | undefined {
    let line: number | undefined
    let node: unknown = this.#document.contents
    for (const key of path) {
      const { isMap, isSeq, isScalar, isNode } = this.#yaml
      const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined
      node = pair?.value ?? (isSeq(node) ? node.items[Number(key)] : undefined)
      const start = isNode(pair?.key) ? pair.key.range?.[0] : isNode(node) ? node.range?.[0] : undefined
      if (start === undefined) break
      line = this.#counter.linePos(start).line
    }
    return line
  }

  /** What is written there, before variables are put in. */
  #found(path: readonly string[]): string {
    if (path.length === 0) return 'a file that does not'
    const found: unknown = this.#document.getIn(path, true)
    if (this.#yaml.isMap(found)) return `the keys ${found.items.map(({ key }) => String(key)).join(', ') || '(none)'}`
    if (this.#yaml.isSeq(found)) return `a list of ${found.items.length}`
    if (!this.#yaml.isScalar(found) || found.value === null) return 'nothing'
    if (path.some((key) => key.startsWith('headers'))) return UNSHOWN
    return typeof found.value === 'string' ? shownValue(found.value) : JSON.stringify(found.value)
  }
}
