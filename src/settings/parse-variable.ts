import { isHeader } from './header.ts'
import type { InitOptions } from './options.ts'

/** One environment variable. */
export interface Variable {
  readonly name: string
  /** The options that it sets, such as `otlp.endpoint`. */
  readonly paths: readonly string[]
  /** What it says, in the shape of options; undefined for what can't be read. */
  readonly parse: (text: string) => InitOptions | undefined
  readonly allowed: string
  /** What a message may show of a wrong value. */
  readonly show?: (text: string) => string
  /** Whether it turns on what a weaker source turned off. */
  readonly strong?: boolean
}

/** A variable that sets one option. */
export function sets<T>(path: string, name: string, parse: (text: string) => T | undefined, allowed: string): Variable {
  return {
    name,
    paths: [path],
    allowed,
    parse: (text) => {
      const value = parse(text)
      return value === undefined ? undefined : nested(path, value)
    },
  }
}

/** A variable that is taken as it is. */
export function setsText(path: string, name: string): Variable {
  return sets(path, name, (text) => text, 'any text')
}

/** `a.b` with 1 is { a: { b: 1 } }. */
function nested(path: string, value: unknown): InitOptions {
  return path.split('.').reduceRight((inner, key) => ({ [key]: inner }), value) as InitOptions
}

/** One of a few words, in any case. */
export function oneOf<T extends string>(allowed: readonly T[], text: string): T | undefined {
  return allowed.find((value) => value === text.toLowerCase())
}

/** Whole milliseconds. */
export function parseMillis(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** Names with commas between. */
export function parseNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** W3C-baggage-like `key=value,key=value`, values percent-encoded. */
export function parsePairs(text: string): Record<string, string> | undefined {
  const pairs = Object.create(null) as Record<string, string>
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const at = part.indexOf('=')
    if (at <= 0) return undefined
    try {
      pairs[part.slice(0, at).trim()] = decodeURIComponent(part.slice(at + 1).trim())
    } catch {
      return undefined
    }
  }
  return pairs
}

/** Headers that can be sent, written as pairs. */
export function parseHeaders(text: string): Record<string, string> | undefined {
  const headers = parsePairs(text)
  if (headers === undefined) return undefined
  return Object.entries(headers).every(([name, value]) => isHeader(name, value)) ? headers : undefined
}

/** The words `true` and `false`; undefined for others. */
export function parseFlag(text: string): boolean | undefined {
  const word = oneOf(['true', 'false'] as const, text)
  return word === undefined ? undefined : word === 'true'
}
