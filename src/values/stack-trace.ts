import type { ErrorDetails } from './error-details.ts'
import { headingOf } from './error-parts.ts'
import { boundedString } from './limits.ts'

const MAX_LENGTH = 32_768
/** A code that may stand for a class of errors: a short name, not a sentence. */
const CODE_NAME = /^\w{1,64}$/

/** The stack with those of the errors in it and of its causes, bounded; undefined where there is nothing to tell beyond class and message. */
export function stackTrace(details: ErrorDetails): string | undefined {
  const { stack, errors, suppressed, cause } = details
  if (stack === undefined && errors === undefined && suppressed === undefined && cause === undefined) return undefined
  return boundedString([...parts(details, '')].join('\n'), MAX_LENGTH)
}

function* parts(details: ErrorDetails, lead: string): Generator<string> {
  const { stack, errors = [], suppressed, cause, repeated } = details
  yield lead + (stack ?? headingOf(details)) + (repeated === true ? ' (its stack is in an earlier record)' : '')
  for (const [at, error] of errors.entries()) yield* parts(error, `Error ${at + 1}: `)
  if (suppressed !== undefined) yield* parts(suppressed, 'Suppressed: ')
  if (cause !== undefined) yield* parts(cause, 'Caused by: ')
}

/**
 * The value of `error.type`: the error's code where that is a name, else its class.
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/#error-type
 */
export function errorType({ type, code }: Pick<ErrorDetails, 'type' | 'code'>): string {
  return typeof code === 'string' && CODE_NAME.test(code) ? code : type
}

/** The attributes of an error on the wire, but for `error.type`. Those that no convention names are called `clew.error.*`. */
export function errorAttributes(details: ErrorDetails): Record<string, unknown> {
  const attributes: Record<string, unknown> = {
    'exception.type': details.type,
    'exception.message': details.message,
    'exception.stacktrace': stackTrace(details),
    'clew.error.code': details.code,
    'clew.error.repeated': details.repeated,
  }
  for (const [key, value] of Object.entries(details.fields ?? {})) attributes[`clew.error.fields.${key}`] = value
  return attributes
}
