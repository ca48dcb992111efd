import { isSecretFlag } from './command-flags.ts'
import { secrecyOf } from './secret-key.ts'

const FLAG = /^--?([A-Za-z][\w.-]{0,63})$/
const NAMES = ['name', 'key', 'header', 'field', 'path', 'param', 'property', 'type', 'id']
const VALUES: ReadonlySet<string> = new Set(['value', 'values'])
const NONE: ReadonlySet<string> = new Set()
const MAX_NAME_LENGTH = 256

/**
 * Whether the item after this one in a list is a secret: it follows a flag of a command line (`['--password', 'x']`) or, in a list of names and values by turns, a secret's name
 * (`['Host', 'h', 'Authorization', 'Bearer x']`).
 */
export function hidesNext(item: unknown, position: number, size: number): boolean {
  if (typeof item !== 'string' || item.length > MAX_NAME_LENGTH) return false
  if (item.startsWith('-')) return isSecretFlag(FLAG.exec(item)?.[1] ?? '')
  return position % 2 === 0 && size % 2 === 0 && secrecyOf(item) !== undefined
}

/** The properties of an object that hold a secret since another one holds its name: `{ name: 'authorization', value: 'Bearer x' }`. */
export function secretProperties(object: object): ReadonlySet<string> {
  try {
    const properties = object as Readonly<Record<string, unknown>>
    if (properties['value'] === undefined && properties['values'] === undefined) return NONE
    return NAMES.some((name) => isSecretName(properties[name])) ? VALUES : NONE
  } catch {
    return VALUES
  }
}

function isSecretName(name: unknown): boolean {
  return typeof name === 'string' && name.length <= MAX_NAME_LENGTH && secrecyOf(name) !== undefined
}
