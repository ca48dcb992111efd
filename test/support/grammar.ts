import { parser as logql } from '@grafana/lezer-logql'
import { parser as promql } from '@prometheus-io/lezer-promql'

/** What a grammar of Grafana's can't read in a query; empty when it is right. */
export function grammarErrors(language: 'logql' | 'promql', query: string): string[] {
  const errors: string[] = []
  const parser = language === 'logql' ? logql : promql
  parser.parse(query).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) errors.push(`${from}: ${query.slice(from, to + 20)}`)
    },
  })
  return errors
}
