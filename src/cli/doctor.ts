import { packageVersion } from '../server/index.ts'
import type { EffectiveSetting } from '../settings/index.ts'
import { apiCheck } from './doctor/api-check.ts'
import { clockCheck } from './doctor/clock-check.ts'
import { doctorSettings, type DoctorSettings } from './doctor/doctor-settings.ts'
import { endpointChecks } from './doctor/endpoint-check.ts'
import { ok, type Check, type Finding, type Verdict } from './doctor/finding.ts'
import { homeCheck } from './doctor/home-check.ts'
import { librariesCheck } from './doctor/libraries-check.ts'
import { portChecks, type EmbeddedPorts } from './doctor/port-checks.ts'
import { runChecks } from './doctor/run-checks.ts'
import { sdksCheck } from './doctor/sdks-check.ts'
import { spoolCheck } from './doctor/spool-check.ts'
import type { Output, Style } from './output.ts'

/** What `clew doctor` takes. */
export interface DoctorOptions extends EmbeddedPorts {
  readonly json?: boolean
  /** For each check, in seconds. */
  readonly timeout: number
}

/** Says which settings are in force here, and whether what they need is there; resolves to the exit code, 0 when nothing fails. Changes nothing. */
export async function doctor(options: DoctorOptions, output: Output): Promise<number> {
  const directory = process.cwd()
  const { settings, effective, findings } = doctorSettings(directory, process.env)
  const checks = checksOf({ settings, directory, options })
  const found = [...findings, ...(await runChecks(checks, options.timeout * 1_000))]
  const failures = found.filter(({ verdict }) => verdict === 'failure').length
  if (options.json === true) {
    const about = { version: packageVersion(), node: process.versions.node, directory }
    output.say(JSON.stringify({ ...about, ok: failures === 0, settings: effective, checks: found }, null, 2))
  } else {
    sayHead(directory, output)
    saySettings(effective, output)
    sayFindings(found, output)
  }
  return failures === 0 ? 0 : 1
}

interface Surroundings {
  readonly settings: DoctorSettings['settings']
  readonly directory: string
  readonly options: DoctorOptions
}

function checksOf({ settings, directory, options }: Surroundings): Check[] {
  const { home, spool, otlp } = settings
  return [
    { subject: 'Node', run: () => [ok('Node', `${process.versions.node} (22.16 or newer is needed)`)] },
    clockCheck(),
    ...(otlp === undefined ? [] : endpointChecks(otlp, options.timeout * 1_000)),
    homeCheck(home, spool.maxBytes),
    spoolCheck(home),
    librariesCheck(directory, settings),
    sdksCheck(directory),
    apiCheck(directory),
    ...portChecks(options),
  ]
}

function sayHead(directory: string, output: Output): void {
  output.say(`${output.style('bold', `clew ${packageVersion()}`)} in ${directory}\n`)
  output.say(
    `${output.style('bold', 'Settings')}, as a program started here has them. What its code says, init({ … }), can't be seen from here:`,
  )
  output.say('there clew.status().settings tells the same.\n')
}

function saySettings(effective: readonly EffectiveSetting[], output: Output): void {
  const said = effective.filter(({ origin, value }) => origin !== 'default' || !UNSAID.has(value))
  const paths = Math.max(...said.map(({ path }) => path.length))
  const values = Math.min(MAX_VALUE_WIDTH, Math.max(...said.map(({ value }) => value.length)))
  for (const { path, value, origin, from } of said)
    output.say(`  ${path.padEnd(paths)}  ${value.padEnd(values)}  ${output.style('dim', from ?? origin)}`)
}

/** Of settings that nobody has set. */
const UNSAID = new Set(['none', '[]'])
const MAX_VALUE_WIDTH = 40

const STYLES: Readonly<Record<Verdict, Style>> = { ok: 'green', warning: 'yellow', failure: 'red' }

function sayFindings(findings: readonly Finding[], output: Output): void {
  const width = Math.max(...findings.map(({ subject }) => subject.length))
  output.say(`\n${output.style('bold', 'Checks')}\n`)
  for (const { verdict, subject, message, cure } of findings) {
    const shown = output.style(STYLES[verdict], verdict.padEnd('warning'.length))
    output.say(`  ${shown}  ${subject.padEnd(width)}  ${message}${cure === undefined ? '' : `: ${cure}`}`)
  }
  const [failures, warnings] = (['failure', 'warning'] as const).map((one) => count(findings, one))
  output.say(`\n${failures}, ${warnings}`)
}

function count(findings: readonly Finding[], verdict: Verdict): string {
  const number = findings.filter((finding) => finding.verdict === verdict).length
  return `${number === 0 ? 'no' : number} ${verdict}${number === 1 ? '' : 's'}`
}
