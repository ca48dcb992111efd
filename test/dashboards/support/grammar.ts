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

/** The names that a query of Loki or Prometheus goes by: of metrics, and of labels and fields. */
export function namesIn(query: string, language: Language): { readonly metrics: string[]; readonly labels: string[] } {
  const [metrics, labels]: [string[], string[]] = [[], []]
  PARSERS[language].parse(query).iterate({
    enter({ name, from, to, node }) {
      const isMetric = node.parent?.name === 'VectorSelector'
      if (name === 'Identifier' || name === 'LabelName') (isMetric ? metrics : labels).push(query.slice(from, to))
    },
  })
  return { metrics, labels }
}
