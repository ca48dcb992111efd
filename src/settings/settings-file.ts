import { loadBeside } from '../loading/index.ts'
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import type { Environment } from './environment.ts'
import type * as FileLayerModule from './file/file-layer.ts'
import type { FileLayer } from './file/file-layer.ts'
import { UnusableValue } from './settings-error.ts'
import { shownValue } from './shown-value.ts'

/** A file that may have settings. */
export interface FoundFile {
  readonly name: string
  readonly text: string
  /** Whether somebody asked for this very file. */
  readonly isNamed: boolean
}

const NAMES = ['config.yaml', 'config.yml']
/** Of a file that is read at every start, and by a parser that is not the fastest. */
const MAX_BYTES = 262_144
/** The section in a text that is no YAML as a whole. */
export const SECTION_LINE = /^["']?logging["']?[ \t]*:/m
const UNBUNDLED =
  'clew, or the package yaml, left out of the bundle; or a bundle in which CommonJS code has a `require`'
const ALLOWED = `a YAML file of at most ${MAX_BYTES} bytes, in UTF-8`

/** A file that was asked for. */
export interface NamedFile {
  readonly name: string
  /** Who asked for it. */
  readonly where: string
}

/**
 * What the file of settings says; undefined when there is none. The parser is loaded only where there is something to read.
 * @param named without it, `config.yaml` or `config.yml` in the working directory
 */
export function readSettingsFile(named: NamedFile | undefined, variables: Environment): FileLayer | undefined {
  const name = named?.name ?? NAMES.find(isFile)
  if (name === undefined) return undefined
  try {
    const bytes = readFile(name)
    // Whose it is: an application may have a file of this name.
    if (named === undefined && !bytes.includes('logging')) return undefined
    return loadFileLayer().readFileLayer({ name, text: decode(bytes), isNamed: named !== undefined }, variables)
  } catch (error) {
    if (!(error instanceof UnusableValue)) throw error
    if (named === undefined && !hasSection(name)) return undefined
    const { found, allowed } = error
    const mistake =
      named === undefined
        ? { where: name, found, allowed: `${allowed}; CLEW_CONFIG=none reads none` }
        : { where: named.where, found: `${shownValue(name)}, ${found}`, allowed }
    return { layer: undefined, mistakes: [mistake] }
  }
}

/** Whether a file that can't be used looks like one for clew. */
function hasSection(name: string): boolean {
  try {
    const descriptor = openSync(name, 'r')
    try {
      const head = Buffer.alloc(MAX_BYTES)
      return SECTION_LINE.test(head.toString('latin1', 0, readSync(descriptor, head)))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return true
  }
}

function isFile(name: string): boolean {
  try {
    return statSync(name).isFile()
  } catch {
    return false
  }
}

function readFile(name: string): Buffer {
  try {
    const stat = statSync(name)
    if (!stat.isFile()) throw new UnusableValue('what is no file', ALLOWED)
    if (stat.size > MAX_BYTES) throw new UnusableValue(`a file of ${stat.size} bytes`, ALLOWED)
    return readFileSync(name)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code === undefined ? error : new UnusableValue(`a file that can't be read (${code})`, ALLOWED)
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UnusableValue('a file that is no text', ALLOWED)
  }
}

/** @throws UnusableValue where it, or the parser that it takes, can't be loaded: an ES module that is a bundle has no `require` for CommonJS code */
function loadFileLayer(): typeof FileLayerModule {
  try {
    return requireFileLayer()
  } catch (error) {
    throw new UnusableValue(`a file whose parser can't be loaded (${String(error)})`, UNBUNDLED)
  }
}

function requireFileLayer(): typeof FileLayerModule {
  return loadBeside<typeof FileLayerModule>(import.meta.url, './file/file-layer', () => require('./file/file-layer.js'))
}
