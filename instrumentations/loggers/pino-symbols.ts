/** The symbols under which a copy of pino keeps what it knows; most are its own, and found by what they are called. @see https://github.com/pinojs/pino/blob/main/lib/symbols.js */
const NAMES = {
  asJson: 'pino.asJson',
  write: 'pino.write',
  stream: 'pino.stream',
  time: 'pino.time',
  chindings: 'pino.chindings',
  serializers: 'pino.serializers',
  stringifiers: 'pino.stringifiers',
  formatters: 'pino.formatters',
  messageKey: 'pino.messageKey',
  errorKey: 'pino.errorKey',
  nestedKey: 'pino.nestedKey',
  levelCache: 'pino.lsCache',
} as const

export type PinoSymbols = Readonly<Record<keyof typeof NAMES, symbol>>

/** A logger of pino, by its symbols. */
export type PinoLogger = Readonly<Record<symbol, unknown>> & {
  readonly levels?: { readonly labels?: Readonly<Record<number, string>> }
}

/** Finds the symbols of the copy that a logger belongs to; a symbol that an older one does not have is one that nothing stands under. */
export function pinoSymbols(logger: object): PinoSymbols {
  const found = new Map<string | undefined, symbol>()
  for (let at: object | null = logger; at !== null; at = Object.getPrototypeOf(at) as object | null)
    for (const symbol of Object.getOwnPropertySymbols(at)) found.set(symbol.description, symbol)
  const entries = Object.entries(NAMES).map(([key, name]) => [key, found.get(name) ?? Symbol(name)])
  return Object.fromEntries(entries) as PinoSymbols
}

/** The object that all loggers of a copy inherit from; undefined when this is no logger of pino. */
export function pinoPrototype(logger: object): object | undefined {
  for (let at: object | null = logger; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const own = Object.getOwnPropertySymbols(at).map(({ description }) => description)
    if (own.includes(NAMES.asJson) && own.includes(NAMES.write)) return at
  }
  return undefined
}
