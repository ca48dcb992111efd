import { propagation, type Context } from '@opentelemetry/api'
import { canonicalKey, type Fields } from '../otlp/index.ts'
import { carriedFields } from './carried-fields.ts'
import { activeContext } from './context-manager.ts'
import { fieldScope } from './field-scope.ts'
import { injectContext } from './inject.ts'

/** A context on its way to another thread, process or job: plain data, for `postMessage`, for JSON and for queues. */
export interface CarriedContext {
  /** What the propagators say of trace and baggage, such as `traceparent`. */
  readonly headers: Readonly<Record<string, string>>
  /** The bound fields, by their names on the wire. */
  readonly fields: Fields
}

/** What goes along. */
export interface CarryOptions {
  /** The names of the fields that go along. @default all that are bound */
  readonly fields?: readonly string[]
}

/** Values of headers that are longer are left out. */
export const MAX_HEADER_LENGTH = 8_192
export const BAGGAGE = 'baggage'

/**
 * The context of the running code, for another thread, process or job that goes on with `withCarriedContext`: its trace, its baggage, and its bound fields as they are now. Secrets in the
 * fields are replaced, as on records; of more than 64 fields, or 8 KiB, the rest is left out, with a note.
 */
export function carryContext({ fields: names }: CarryOptions = {}): CarriedContext {
  const context = activeContext()
  const bound = fieldScope(context)?.current().fields ?? {}
  return { headers: headersOf(context), fields: carriedFields(names === undefined ? bound : pick(bound, names)) }
}

function pick(bound: Fields, names: readonly string[]): Fields {
  const wanted = new Set(names.map(canonicalKey))
  return Object.fromEntries(Object.entries(bound).filter(([name]) => wanted.has(name)))
}

/**
 * The trace of the running code as environment variables, for a child process that gives its environment to `withCarriedContext`. Ids only, no fields and no baggage: others may read a
 * process's environment. A variable that would be left over from another trace is `undefined`, so that it is not inherited. Empty outside of a trace.
 * @see https://opentelemetry.io/docs/specs/otel/context/env-carriers/
 */
export function contextEnvironment(): Record<string, string | undefined> {
  const headers = headersOf(propagation.deleteBaggage(activeContext()))
  const names = propagation.fields().filter((name) => name !== BAGGAGE)
  if (names.every((name) => headers[name] === undefined)) return {}
  return Object.fromEntries(names.map((name) => [variableName(name), headers[name]]))
}

function headersOf(context: Context): Record<string, string> {
  const headers: Record<string, string> = {}
  injectContext(context, headers, {
    set(carrier, name, value) {
      if (value.length <= MAX_HEADER_LENGTH) carrier[name] = value
    },
  })
  return headers
}

/** The environment variable that stands for a header. */
export function variableName(header: string): string {
  return header.toUpperCase().replace(/[^A-Z0-9_]|^(?=\d)/g, '_')
}
