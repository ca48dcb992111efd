import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { repositoryRoot } from '../native/repository.ts'
import { dashboards } from './all.ts'

/** Where Grafana's provisioning looks for them. */
export const dashboardFolder = join(repositoryRoot, 'stack/grafana/dashboards')

/** The text of each dashboard's file, by its path. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  const entries = Object.entries(dashboards).map(([name, board]) => [fileOf(name), textOf(board.build())] as const)
  return new Map(entries)
}

/** The paths of the files that lie there now. */
export function writtenFiles(): string[] {
  if (!existsSync(dashboardFolder)) return []
  const names = readdirSync(dashboardFolder).filter((name) => name.endsWith('.json'))
  return names.map((name) => join(dashboardFolder, name))
}

function fileOf(name: string): string {
  return join(dashboardFolder, `${name}.json`)
}

function textOf(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, undefined, 2)}\n`
}
