/** What a variable of a dashboard stands at. */
export interface Chosen {
  /** The chosen values; of `All` without a text of its own, all there are. */
  readonly values: readonly string[]
  /** Whether several may be chosen, or all: then values are meant as they stand, not as expressions. */
  readonly isMulti: boolean
  /** What `All` stands for, where it is chosen and says so: an expression, put in as it is. */
  readonly all?: string | undefined
}

/** Whose query it is: each data source joins and escapes values in its own way. */
export type Language = 'loki' | 'prometheus' | 'tempo'

const PLACEHOLDER = /\$\{(\w+)(?::(\w+))?\}|\$(\w+)/g

/**
 * Puts variables into a query as Grafana does: `$name`, `${name}` and `${name:format}`. What is no known variable stays, so that
 * a mistake in a name is seen.
 *
 * @param globals are put in as they are: `__interval`, `__rate_interval`, `__range`
 */
export function interpolate(
  query: string,
  language: Language,
  chosen: Readonly<Record<string, Chosen>>,
  globals: Readonly<Record<string, string>> = {},
): string {
  return query.replace(PLACEHOLDER, (found: string, braced?: string, format?: string, bare?: string) => {
    const name = braced ?? bare ?? ''
    const variable = chosen[name]
    if (variable === undefined) return globals[name] ?? found
    return variable.all ?? formatted(variable, language, format)
  })
}

function formatted({ values, isMulti }: Chosen, language: Language, format: string | undefined): string {
  const [first = ''] = values
  if (format === 'raw') return values.join(',')
  if (format === 'regex') return values.length > 1 ? `(${values.map(escapeRegex).join('|')})` : escapeRegex(first)
  if (format !== undefined) throw new Error(`no dashboard uses the format ${format}`)
  if (language === 'tempo') return values.join('|')
  if (!isMulti) return language === 'prometheus' ? first.replaceAll('\\', String.raw`\\`) : first
  const escaped = values.map(escapeTwice)
  return language === 'prometheus' && escaped.length > 1 ? `(${escaped.join('|')})` : escaped.join('|')
}

/** For an expression within double quotes, where a backslash needs one itself. */
function escapeTwice(text: string): string {
  return text.replaceAll('\\', String.raw`\\\\`).replace(/[$^*{}[\]'+?.()|]/g, String.raw`\\$&`)
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$*+?.()|[\]{}/]/g, String.raw`\$&`)
}
