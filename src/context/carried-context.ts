import { propagation, trace, type Context, type TextMapGetter } from '@opentelemetry/api'
import type { Fields } from '../otlp/index.ts'
import { readField } from '../values/index.ts'
import { carriedFields, noteCarried } from './carried-fields.ts'
import { BAGGAGE, MAX_HEADER_LENGTH, variableName, type CarriedContext } from './carry-context.ts'
import { runInContext } from './context-manager.ts'
import { ROOT_NODE } from './context-node.ts'
import { contextWithFields } from './field-scope.ts'

/**
 * Runs a function in a context that came from elsewhere: what `carryContext` gave there, or the process's environment with what `contextEnvironment` gave its parent. Nothing of what runs
 * around it is in there, so that a worker's requests can't mix; without a carried context there is nothing. `bindContext` adds to it, here only. What can't be read is left out, with a note.
 * @returns what the function returns
 */
export function withCarriedContext<R>(
  carried: CarriedContext | Readonly<Record<string, string | undefined>> | undefined,
  fn: () => R,
): R {
  return runInContext(contextOf(carried), fn)
}

/** It comes from elsewhere: anything may be in it. */
function contextOf(carried: unknown): Context {
  try {
    return contextWithFields(...read(carried))
  } catch {
    noteCarried('a carried context can not be read')
    return contextWithFields(ROOT_NODE, {})
  }
}

function read(carried: unknown): [Context, Fields] {
  if (carried === undefined || carried === null) return [ROOT_NODE, {}]
  if (!isMap(carried)) throw new TypeError('not a carried context')
  const headers = readField(carried, 'headers')
  const fields = readField(carried, 'fields')
  // In an environment these would be variables like any other.
  if (typeof headers !== 'object' && typeof fields !== 'object')
    return [extracted((name) => readField(carried, variableName(name))), {}]
  return [extracted((name) => readField(partOf(headers), name)), carriedFields(partOf(fields))]
}

function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function partOf(part: unknown): Fields {
  if (isMap(part)) return part
  if (part !== undefined) noteCarried('a part of a carried context can not be read')
  return {}
}

/** What the propagators find. */
function extracted(read: (name: string) => unknown): Context {
  const getter: TextMapGetter<unknown> = {
    keys: () => propagation.fields(),
    get(_carrier, name) {
      const value = read(name)
      return typeof value === 'string' && value.length <= MAX_HEADER_LENGTH ? value : undefined
    },
  }
  const context = propagation.extract(ROOT_NODE, {}, getter)
  const told = propagation.fields().some((name) => name !== BAGGAGE && (read(name) ?? '') !== '')
  if (told && trace.getSpanContext(context) === undefined) noteCarried('the trace of a carried context can not be read')
  return context
}
