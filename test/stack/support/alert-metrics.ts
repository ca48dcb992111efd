import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Requests of a series at a steady pace, from a time to a time. */
export interface PlantedRequests {
  readonly job: string
  readonly instance: string
  readonly route?: string
  /** Minutes before the time at which rules are judged. */
  readonly from: number
  readonly to: number
  readonly perMinute: number
  readonly seconds: number
}

const NAME = 'http_server_request_duration_seconds'
const STEP_SECONDS = 15

/**
 * Writes blocks of Prometheus with what it would have fetched, every 15 s for the last half hour.
 * @param folder what is to be its storage
 */
export function plantMetrics(
  program: string,
  folder: string,
  at: number,
  planted: readonly (readonly PlantedRequests[])[],
): void {
  const file = join(dirname(folder), 'metrics.txt')
  const lines = (part: 'sum' | 'count'): string[] => planted.flatMap((phases) => samples(part, at, phases))
  // The type of its own that each has here changes nothing: a query asks by name.
  const text = [
    `# TYPE ${NAME}_sum gauge`,
    ...lines('sum'),
    `# TYPE ${NAME}_count gauge`,
    ...lines('count'),
    '# EOF',
    '',
  ]
  writeFileSync(file, text.join('\n'))
  const promtool = join(dirname(program), 'promtool')
  const { status, stderr } = spawnSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', file, folder])
  if (status !== 0) throw new Error(`promtool: ${String(stderr)}`)
}

function samples(part: 'sum' | 'count', at: number, phases: readonly PlantedRequests[]): string[] {
  const { job, instance, route = '/' } = phases[0] as PlantedRequests
  const labels = `{job=${JSON.stringify(job)},instance=${JSON.stringify(instance)},http_route=${JSON.stringify(route)}}`
  const steps = Array.from({ length: 121 }, (_, index) => (120 - index) * STEP_SECONDS)
  return steps.map((secondsAgo) => {
    const value = phases.reduce((total, { from, to, perMinute, seconds }) => {
      const minutes = Math.max(0, from - Math.max(to, secondsAgo / 60))
      return total + minutes * perMinute * (part === 'sum' ? seconds : 1)
    }, 0)
    return `${NAME}_${part}${labels} ${value} ${Math.round(at / 1000) - secondsAgo}`
  })
}
