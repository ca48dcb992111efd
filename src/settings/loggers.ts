import type { InitOptions, LoggerOption, LoggersOptions } from './options.ts'

const LOGGERS = ['console', 'pino', 'winston', 'bunyan'] as const
const MODES = ['off', 'keep', 'replace'] as const

type Mode = (typeof MODES)[number]

/** What becomes of the program's other loggers. */
export interface LoggersSettings extends Readonly<Record<(typeof LOGGERS)[number], Mode>> {
  readonly traceIds: boolean
}

export const LOGGERS_ALLOWED = `names with commas between, each on (also =on), =off or =replace: ${LOGGERS.join(', ')}; trace_ids with =on or =off`

const CHOICES: ReadonlyMap<string, LoggerOption> = new Map<string, LoggerOption>([
  ['on', true],
  ['off', false],
  ['replace', 'replace'],
])

/** The options that CLEW_LOGGERS sets. */
export const LOGGER_PATHS = [...LOGGERS, 'traceIds'].map((name) => `loggers.${name}`)

/** Reads `console,pino=replace,bunyan=off,trace_ids=off`; the last of a name counts. */
export function parseLoggers(text: string): InitOptions | undefined {
  const loggers: Record<string, LoggerOption> = {}
  for (const part of text.toLowerCase().split(',')) {
    const [name = '', choice = 'on'] = part.split('=').map((side) => side.trim())
    const value = CHOICES.get(choice)
    const isIds = name === 'trace_ids'
    if (value === undefined || (isIds ? value === 'replace' : !LOGGERS.some((logger) => logger === name)))
      return undefined
    loggers[isIds ? 'traceIds' : name] = value
  }
  return { loggers }
}

/** The console is not taken by default: in production it is where lines go to be collected already. */
export const DEFAULT_LOGGERS: Required<LoggersOptions> = Object.freeze({
  console: false,
  pino: true,
  winston: true,
  bunyan: true,
  traceIds: true,
})

/** What becomes of each logger. */
export function resolveLoggers({
  console,
  pino,
  winston,
  bunyan,
  traceIds,
}: Required<LoggersOptions>): LoggersSettings {
  return { console: modeOf(console), pino: modeOf(pino), winston: modeOf(winston), bunyan: modeOf(bunyan), traceIds }
}

function modeOf(option: LoggerOption): Mode {
  return option === 'replace' ? 'replace' : option ? 'keep' : 'off'
}
