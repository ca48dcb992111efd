import { oneOf, typed, type Variable } from './variables.ts'

/** What `match` puts behind what is typed: nothing, or whatever follows. */
const WHOLE = '(?:)'
const BEGINNING = '.*'

/** Which part of a value has to be typed: all of it, unless its beginning is chosen. */
const match: Variable = oneOf('match', 'Match', [
  ['whole', WHOLE],
  ['beginning', BEGINNING],
])

/** That the whole value is meant, in a link. */
export const MATCH_WHOLE = encodeURIComponent(WHOLE)

/** A field to type into, for a label of the records. */
export interface TypedField {
  /** Of the variable. */
  readonly name: string
  readonly title: string
  readonly description: string
  /** Loki's. */
  readonly label: string
}

/** The variables of these fields. */
export function typedFields(fields: readonly TypedField[]): readonly Variable[] {
  return [...fields.map(({ name, title, description }) => typed(name, title, description)), match]
}

/**
 * The records that have what is typed into these fields, as a pipeline. It is meant as it stands, not as an expression.
 * Of an empty field all records are: no channel's name follows on what is typed, but for nothing.
 * The `^` is not for nothing: without it, Loki takes `u-1.*` for any value that contains `u-1`.
 */
export function havingTyped(fields: readonly TypedField[]): string {
  return fields
    .map(({ name, label }) => {
      const said = `^\${${name}:regex}`
      return `| ${label}=~\`${said}\${match:raw}\` or channel=~\`${said}(app|audit)\``
    })
    .join(' ')
}
