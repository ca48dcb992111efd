import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** What an alert has when its annotations are printed. */
export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The annotations of a rule, printed by Go's own templates, as in Grafana at `http://grafana:3000/`. */
export function printAnnotations(
  templates: Readonly<Record<string, string>>,
  { labels, value }: FiringAlert,
): Readonly<Record<string, string>> {
  const input = JSON.stringify({ templates, labels, value, externalURL: 'http://grafana:3000/' })
  const program = join(import.meta.dirname, 'render-templates.go')
  const { status, stdout, stderr } = spawnSync('go', ['run', program], { input, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Record<string, string>
}

/** The query of Loki that a link to Explore opens. */
export function linkedQuery(link: string): string {
  const url = new URL(link)
  if (url.origin !== 'http://grafana:3000' || url.pathname !== '/explore')
    throw new Error(`no link to Explore: ${link}`)
  const panes = JSON.parse(url.searchParams.get('panes') ?? '') as Record<string, { queries: { expr: string }[] }>
  return panes['logs']?.queries[0]?.expr ?? ''
}
