import { levelName, parseLevel, SEVERITY } from '../../src/logging/index.ts'
import { safeName } from '../../src/logging/index.ts'

/** A level as OpenTelemetry has it. */
export interface Severity {
  readonly number: number
  readonly text: string
}

const BAND = 10
const NUMBERS_IN_BAND = 4
const HIGHEST = 24

/** The severity of a level by its name, where that is one that clew knows; by its number otherwise. Levels of the logger's own keep their name. */
function severityOf(name: string | undefined, severityNumber: number): Severity {
  const known = name === undefined ? undefined : parseLevel(name)
  if (known !== undefined && known <= SEVERITY.CRITICAL) return { number: known, text: levelName(known) }
  return { number: severityNumber, text: name === undefined ? levelName(severityNumber) : safeName(name) }
}

const STANDARD: ReadonlyMap<number, readonly [label: string, severity: Severity]> = new Map(
  ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((label, at) => [
    (at + 1) * BAND,
    [label, severityOf(label, 0)],
  ]),
)

/**
 * The severity of a numbered level of pino and bunyan, 10 (trace) to 60 (fatal). Numbers in between lie in between here too.
 * @param label what the logger calls it
 */
export function numberedSeverity(level: number, label: string | undefined): Severity {
  const standard = STANDARD.get(level)
  if (standard !== undefined && (label === undefined || label === standard[0])) return standard[1]
  const band = Math.floor(level / BAND)
  const inBand = Math.floor(((level - band * BAND) * NUMBERS_IN_BAND) / BAND)
  const number = (band - 1) * NUMBERS_IN_BAND + 1 + inBand
  return severityOf(label, Number.isNaN(number) ? SEVERITY.INFO : Math.min(Math.max(number, 1), HIGHEST))
}

/** winston's own levels (npm, syslog, cli) whose names say nothing to clew. */
const NAMED: Readonly<Record<string, number>> = {
  emerg: SEVERITY.CRITICAL + 2,
  alert: SEVERITY.CRITICAL + 1,
  crit: SEVERITY.CRITICAL,
  notice: SEVERITY.INFO + 1,
  http: SEVERITY.DEBUG + 2,
  verbose: SEVERITY.DEBUG + 1,
  silly: SEVERITY.TRACE,
  help: SEVERITY.INFO,
  data: SEVERITY.INFO,
  prompt: SEVERITY.INFO,
  input: SEVERITY.DEBUG,
}

type Levels = Readonly<Record<string, number>>

const ranked = new WeakMap<Levels, Map<string, Severity>>()

const BY_RANK = [SEVERITY.ERROR, SEVERITY.WARNING, SEVERITY.INFO, SEVERITY.DEBUG, SEVERITY.TRACE] as const

/**
 * The severity of one of winston's levels: by its name, else by its place among the logger's levels.
 * @param levels the logger's, with the most severe lowest
 */
export function rankedSeverity(name: string, levels: Levels): Severity {
  let known = ranked.get(levels)
  if (known === undefined) ranked.set(levels, (known = new Map()))
  let severity = known.get(name)
  if (severity === undefined) {
    severity = findSeverity(name, levels)
    if (Object.hasOwn(levels, name)) known.set(name, severity)
  }
  return severity
}

function findSeverity(name: string, levels: Levels): Severity {
  const named = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined
  if (named !== undefined) return severityOf(name, named)
  const rank = levels[name] ?? 0
  const last = Math.max(1, ...Object.values(levels))
  const place = Math.round((rank / last) * (BY_RANK.length - 1))
  return severityOf(name, BY_RANK[place] ?? SEVERITY.INFO)
}
