import type { Environment } from '../environment.ts'
import { UnusableValue } from '../settings-error.ts'
import { shownValue } from '../shown-value.ts'

/** A text with the values of variables in it. */
export interface Substituted {
  readonly text: string
  /** The variables that were named. */
  readonly names: readonly string[]
}

const REFERENCE = /\$\$|\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}\n]*))?\}|\$\{[^}]*\}?/g

/**
 * Puts the values of variables in the place of `${NAME}` and `${NAME:-default}`, and `$` in that of `$$`; what is put in is not looked at again. A variable that is not set, or empty, has its default, else no text.
 * @throws UnusableValue for `${` with something else behind it
 * @see https://opentelemetry.io/docs/specs/otel/configuration/data-model/#environment-variable-substitution
 */
export function substitute(source: string, variables: Environment): Substituted {
  const names: string[] = []
  const text = source.replaceAll(REFERENCE, (found: string, name?: string, otherwise = '') => {
    if (found === '$$') return '$'
    if (name === undefined) throw new UnusableValue(shownValue(found), '${NAME} or ${NAME:-default}; $$ is a $')
    names.push(name)
    return variables[name] || otherwise
  })
  return { text, names }
}
