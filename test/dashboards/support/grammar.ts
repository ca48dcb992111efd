import { parser as logql } from '@grafana/lezer-logql'
import { parser as traceql } from '@grafana/lezer-traceql'
import { parser as promql } from '@prometheus-io/lezer-promql'
import type { Language } from './interpolate.ts'

const PARSERS = { loki: logql, prometheus: promql, tempo: traceql }

/** What the language's own grammar does not understand of a query: the pieces of text, with a mark where something is missing. */
export function mistakes(query: string, language: Language): string[] {
  const found: string[] = []
  PARSERS[language].parse(query).iterate({
    enter(node) {
      if (node.type.isError) found.push(`${query.slice(0, node.from)}⚠${query.slice(node.from)}`)
    },
  })
  return found
}
