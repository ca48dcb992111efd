import type { LoggerOption, LoggersOptions } from './options.ts'

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

/** Reads `console,pino=replace,bunyan=off,trace_ids=off`; the last of a name counts. */
export function parseLoggers(text: string): LoggersOptions | undefined {
  const options: Record<string, LoggerOption> = {}
  for (const part of text.toLowerCase().split(',')) {
    const [name = '', choice = 'on'] = part.split('=').map((side) => side.trim())
    const value = CHOICES.get(choice)
    const isIds = name === 'trace_ids'
    if (value === undefined || (isIds ? value === 'replace' : !LOGGERS.some((logger) => logger === name)))
      return undefined
    options[isIds ? 'traceIds' : name] = value
  }
  return options
}

const DEFAULTS: Required<LoggersOptions> = { console: false, pino: true, winston: true, bunyan: true, traceIds: true }

/** Code before environment before default. The console is not taken by default: in production it is where lines go to be collected already. */
export function resolveLoggers(options: LoggersOptions | undefined, environment: LoggersOptions): LoggersSettings {
  const choose = (name: (typeof LOGGERS)[number]): Mode =>
    modeOf(options?.[name] ?? environment[name] ?? DEFAULTS[name])
  return {
    console: choose('console'),
    pino: choose('pino'),
    winston: choose('winston'),
    bunyan: choose('bunyan'),
    traceIds: options?.traceIds ?? environment.traceIds ?? DEFAULTS.traceIds,
  }
}

function modeOf(option: LoggerOption): Mode {
  return option === 'replace' ? 'replace' : option ? 'keep' : 'off'
}
