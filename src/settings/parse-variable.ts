import { isHeader } from './header.ts'

/** Reads one variable: undefined when it is not set, or when `parse` can make nothing of it, which is then reported. */
export type ReadVariable = <T>(
  name: string,
  parse: (text: string) => T | undefined,
  allowed: string,
  show?: (text: string) => string,
) => T | undefined

/** One of a few words, in any case. */
export function oneOf<T extends string>(allowed: readonly T[], text: string): T | undefined {
  return allowed.find((value) => value === text.toLowerCase())
}

/** Whole milliseconds. */
export function parseMillis(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined
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

/** Without the members that are undefined. */
export function definedOnly<T extends object>(values: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>
}
