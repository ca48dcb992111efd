import type { Attributes } from '@opentelemetry/api'
import { createRedactor, REDACTED } from '../../src/privacy/index.ts'

/** The names of headers whose values are kept, on the span and on the record. */
export interface CaptureHeaders {
  /** Of requests to this process. */
  readonly request?: readonly string[]
  /** Of the answers to them. */
  readonly response?: readonly string[]
  /** Of requests that this process makes. */
  readonly clientRequest?: readonly string[]
  /** Of the answers that it gets. */
  readonly clientResponse?: readonly string[]
}

/** One header that is kept. */
export interface CapturedHeader {
  /** In lower case. */
  readonly name: string
  /** The attribute's key. @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/ */
  readonly key: string
  readonly isSecret: boolean
}

/** Secrets as a whole, whatever rules a user has. */
const SECRET = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie'])

const redactor = createRedactor()

/** What to keep of one kind of message; undefined when it is nothing. */
export function capturedHeaders(
  kind: 'request' | 'response',
  names: readonly string[] = [],
): readonly CapturedHeader[] | undefined {
  if (names.length === 0) return undefined
  return names.map((given) => {
    const name = given.toLowerCase()
    const isSecret = SECRET.has(name) || redactor.keyRule(name) !== undefined
    return { name, key: `http.${kind}.header.${name}`, isSecret }
  })
}

/** The values of those headers that are there, each a list. */
export function captureHeaders(captured: readonly CapturedHeader[], read: (name: string) => unknown): Attributes {
  const attributes: Record<string, string[]> = {}
  for (const { name, key, isSecret } of captured) {
    const value = read(name)
    if (value === undefined || value === null) continue
    attributes[key] = isSecret ? [REDACTED] : Array.isArray(value) ? value.map(String) : [String(value)]
  }
  return attributes
}
