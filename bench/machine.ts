import { readFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The machine, Node and the day, in one line. */
export function describeMachine(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const today = new Date().toISOString().slice(0, 10)
  return `${cpus().length} x ${cpu?.model ?? 'unknown'}, ${memory} GB, ${process.platform} ${process.arch}; Node ${process.versions.node}; ${today}`
}

/** How busy others keep the machine, looked at for a second in which we do nothing. */
export async function describeLoad(): Promise<string> {
  const before = ticks()
  await sleep(1_000)
  const after = ticks()
  const busy = 1 - (after.idle - before.idle) / (after.total - before.total)
  return `load ${loadavg()[0]?.toFixed(1)}, processors ${Math.round(busy * 100)} % busy`
}

function ticks(): { idle: number; total: number } {
  let [idle, total] = [0, 0]
  for (const { times } of cpus()) {
    idle += times.idle
    total += times.user + times.nice + times.sys + times.irq + times.idle
  }
  return { idle, total }
}

/** Name and installed version of each peer. */
export function describePeers(names: readonly string[]): string {
  return names.map((name) => `${name} ${versionOf(name)}`).join(', ')
}

function versionOf(name: string): string {
  const folder = name.startsWith('@pydantic/') ? 'logfire/node_modules' : 'node_modules'
  const file = join(import.meta.dirname, folder, name, 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
