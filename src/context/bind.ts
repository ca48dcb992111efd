import type { Fields } from '../otlp/index.ts'
import { activeContext, runInContext } from './context-manager.ts'
import type { Measured } from './counts.ts'
import { contextWithFields, fieldScope } from './field-scope.ts'

/**
 * Runs a function so that every record and span in it, also in what it awaits and starts, carries these fields. They are gone outside.
 * @returns what the function returns
 */
export function withContext<R>(fields: Fields, fn: () => R): R {
  return runInContext(contextWithFields(activeContext(), fields), fn)
}

/**
 * Adds fields to the request or session one is in, for all that follows in it: the user's id, once it is known.
 * @returns false when there is no request, session or `withContext` around the call; nothing is bound then
 */
export function bindContext(fields: Fields): boolean {
  const scope = fieldScope()
  scope?.root.bind(fields)
  return scope !== undefined
}

/**
 * Gathers fields for the one record that closes the operation, request or session one is in (a "wide event"), and for its span. Later values of a key win.
 * @returns false when there is none of them around the call; nothing is kept then
 */
export function enrich(fields: Fields): boolean {
  return fieldScope()?.closing?.gather(fields) === true
}

/**
 * Counts for the closing record of the operation, request or session one is in, and for that of the request or session (without one, the outermost operation) around it.
 * @returns false when none of them is open; nothing is counted then
 */
export function countInScope(name: string, measured: Measured): boolean {
  const scope = fieldScope()
  if (scope === undefined) return false
  const { closing, root } = scope
  const near = closing?.count(name, measured) === true
  const far = root !== closing && root.kind !== 'block' && root.count(name, measured)
  return near || far
}
