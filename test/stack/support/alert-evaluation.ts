import type { GrafanaRule } from '../../../src/alerts/index.ts'
import { logCounts, promql, type Sample } from './queries.ts'

/** Where a rule's query goes. */
export interface AlertSources {
  readonly loki: string
  readonly prometheus: string
}

/** What Grafana would do with a rule at a time: ask the data source, reduce, compare. Every step is read from the rule itself. */
export async function firing(rule: GrafanaRule, sources: AlertSources, atMillis: number): Promise<Sample[]> {
  const answers = new Map<string, readonly Sample[]>()
  for (const { refId, datasourceUid, model } of rule.data) {
    answers.set(refId, datasourceUid === '__expr__' ? express(model, answers) : await asked(datasourceUid))
    async function asked(uid: string): Promise<Sample[]> {
      const query = String(model['expr'])
      if (uid === 'loki') return await logCounts(sources.loki, query, atMillis)
      if (uid === 'prometheus') return await promql(sources.prometheus, query, atMillis)
      throw new Error(`no data source ${uid}`)
    }
  }
  return [...(answers.get(rule.condition) ?? [])]
}

function express(model: Readonly<Record<string, unknown>>, answers: ReadonlyMap<string, readonly Sample[]>): Sample[] {
  const input = answers.get(String(model['expression']))
  if (input === undefined) throw new Error(`no answer ${String(model['expression'])}`)
  const { type, reducer, settings, conditions } = model as {
    readonly type: string
    readonly reducer?: string
    readonly settings?: { readonly mode: string }
    readonly conditions?: readonly {
      readonly evaluator: { readonly type: string; readonly params: readonly number[] }
    }[]
  }
  // The answers are instant: one value for each group, which is also the last.
  if (type === 'reduce' && reducer === 'last' && settings?.mode === 'dropNN')
    return input.filter(({ value }) => Number.isFinite(value))
  const [condition, ...more] = conditions ?? []
  const { params, type: comparison } = condition?.evaluator ?? { params: [] }
  if (type === 'threshold' && comparison === 'gt' && more.length === 0 && params.length === 1)
    return input.filter(({ value }) => value > Number(params[0]))
  throw new Error(`a step that is not known: ${JSON.stringify(model)}`)
}
