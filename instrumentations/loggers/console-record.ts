import { format, inspect } from 'node:util'
import { isError } from '../../src/values/index.ts'
import type { ForeignRecord } from './foreign-record.ts'
import { plainLine } from './plain-line.ts'

/**
 * The record of a call such as `console.log`. An error among the arguments is the record's error; a plain object at the end of several, its fields; a single object is the body as it is. All else
 * becomes text as the console makes it, without colours.
 */
export function consoleRecord(call: readonly unknown[]): ForeignRecord {
  const [first] = call
  if (call.length === 1) {
    if (typeof first === 'string') return { body: text(first) }
    if (isError(first)) return { body: (first as Error).message, error: first }
    return { body: structured(first) ? first : text(format(first)) }
  }
  const error = call.find((value) => isError(value))
  const shown = error === undefined ? call : call.map((value) => (isError(value) ? briefly(value as Error) : value))
  const last = shown.at(-1)
  const hasFields = !(typeof first === 'string' && first.includes('%')) && shown.length > 1 && isPlainObject(last)
  const body = text(format(...(hasFields ? shown.slice(0, -1) : shown)))
  return { body, fields: hasFields ? (last as Record<string, unknown>) : undefined, error }
}

/** The record of `console.dir`. */
export function consoleValue([value, options]: readonly unknown[]): ForeignRecord {
  if (structured(value)) return { body: value }
  return { body: text(inspect(value, typeof options === 'object' && options !== null ? options : {})) }
}

/** The record of `console.trace`, its text and where it was said: Node says it by `console.error`. Undefined when it is another call of that. */
export function consoleTrace([first, ...rest]: readonly unknown[]): ForeignRecord | undefined {
  if (typeof first !== 'string' || rest.length > 0 || !/^Trace[:\n]/.test(first)) return undefined
  const from = first.indexOf('\n    at ') + 1
  const stack = first.slice(from)
  if (from === 0 || !stack.split('\n').every((line) => line.startsWith('    at '))) return undefined
  return { body: text(first.slice(0, from).replace(/^Trace: /, '')), fields: { 'code.stacktrace': stack } }
}

function text(line: string): string {
  return plainLine(line).trim()
}

function briefly({ name, message }: Error): string {
  return message === '' ? name : `${name}: ${message}`
}

function structured(value: unknown): boolean {
  return isPlainObject(value) || Array.isArray(value)
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
