import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { surveySpool, type SpoolSurvey } from '../../delivery/spool-survey.ts'
import { ok, warning, type Check, type Finding } from './finding.ts'

/** What waits on disk, of each service. */
export function spoolCheck(home: string): Check {
  const subject = 'spool'
  return {
    subject,
    async run(signal) {
      const folder = join(home, 'spool')
      const services = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
        throw error
      })
      const findings: Finding[] = []
      for (const { name } of services.filter((entry) => entry.isDirectory()))
        findings.push(...describeSpool(name, join(folder, name), await surveySpool(join(folder, name), signal)))
      return findings.length > 0 ? findings : [ok(subject, `nothing waits in ${folder}`)]
    },
  }
}

function describeSpool(service: string, directory: string, survey: SpoolSurvey): Finding[] {
  const subject = `spool ${service}`
  const { damaged, deadLetters } = survey
  return [
    waiting(subject, service, survey),
    ...(deadLetters > 0
      ? [
          warning(
            subject,
            `${deadLetters} entries were refused for good`,
            `the reasons stand in ${directory}/dead-letter-*.jsonl`,
          ),
        ]
      : []),
    ...(damaged > 0
      ? [warning(subject, `${damaged} files can't be read`, `look at the disk; ${directory}/*.damaged can be removed`)]
      : []),
  ]
}

function waiting(
  subject: string,
  service: string,
  { lanes, running, bytes, oldestMillis, complete }: SpoolSurvey,
): Finding {
  const total = Object.values(lanes).reduce((sum, entries) => sum + entries, 0)
  if (total === 0) return complete ? ok(subject, 'nothing waits') : warning(subject, 'too much to look at in time')
  const byLane = Object.entries(lanes).map(([lane, entries]) => `${entries} ${lane}`)
  const age = describeAge(oldestMillis ?? 0)
  const what = `${complete ? '' : 'at least '}${total} wait (${byLane.join(', ')}; ${kib(bytes)}, the oldest for ${age})`
  const left = total - running
  if (left === 0) return ok(subject, `${what}; their process runs and sends them itself`)
  const whose = running === 0 ? 'their process is gone' : `the processes of ${left} are gone`
  return warning(
    subject,
    `${what}; ${whose}`,
    `npx clew drain --service ${service} sends them, or the service's next start`,
  )
}

function kib(bytes: number): string {
  return `${Math.ceil(bytes / 1_024)} KiB`
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** In the largest unit of which there is one. */
export function describeAge(millis: number): string {
  const [unit, length] = UNITS.find(([, one]) => millis >= one) ?? ['second', 1_000]
  const count = Math.floor(millis / length)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
