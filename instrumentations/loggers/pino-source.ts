import { hostname } from 'node:os'
import { pipeline, type Component } from '../../src/logging/index.ts'
import { BoundFields } from '../../src/otlp/index.ts'
import type { PinoLogger, PinoSymbols } from './pino-symbols.ts'

const DEFAULT_NAME = 'pino'
/** What stands in for all keys in a logger's rules, when a rule is for any key. */
const ANY_KEY = 'pino.wildcardFirst'
/** The function that pino itself describes errors with. */
const OWN_ERROR_SERIALIZER = 'errSerializer'

/** pino's own functions of time. */
const CLOCKS = new Set(['epochTime', 'isoTime', 'isoTimeNano', 'unixTime', 'nullTime'])

type Entries = Readonly<Record<string, unknown>>

/** What is known of one logger of pino, parent or child: read once, and again when its bindings change. */
export interface PinoSource {
  /** Its bindings, as pino keeps them: JSON without the braces. */
  readonly chindings: string
  readonly component: Component
  readonly bound: BoundFields | undefined
  readonly entries: Entries
  readonly messageKey: string
  readonly errorKey: string
  /** Whether the time comes from a function of the program's. */
  readonly hasOwnClock: boolean
  /** Keys whose values pino changes before it writes them, by the logger's serializers and its redaction; `true` for all of them. */
  readonly changed: ReadonlySet<string> | true
}

/** The sources of a copy's loggers. */
export class PinoSources {
  readonly #symbols: PinoSymbols
  readonly #known = new WeakMap<object, PinoSource>()

  constructor(symbols: PinoSymbols) {
    this.#symbols = symbols
  }

  of(logger: PinoLogger): PinoSource {
    const known = this.#known.get(logger)
    if (known !== undefined && known.chindings === logger[this.#symbols.chindings]) return known
    const source = this.#read(logger)
    this.#known.set(logger, source)
    return source
  }

  #read(logger: PinoLogger): PinoSource {
    const chindings = text(logger[this.#symbols.chindings], '')
    const parent = Object.getPrototypeOf(logger) as PinoLogger
    const base = typeof parent[this.#symbols.chindings] === 'string' ? this.of(parent) : undefined
    const isAdded = base !== undefined && chindings.startsWith(base.chindings)
    const own = parseEntries(isAdded ? chindings.slice(base.chindings.length) : chindings)
    const entries = isAdded ? { ...base.entries, ...own } : own
    const { name, ...fields } = entries
    return {
      chindings,
      component: pipeline.components.get(typeof name === 'string' && name !== '' ? name : DEFAULT_NAME),
      bound: boundFields(fields),
      entries,
      messageKey: text(logger[this.#symbols.messageKey], 'msg'),
      errorKey: text(logger[this.#symbols.errorKey], 'err'),
      hasOwnClock: !CLOCKS.has((logger[this.#symbols.time] as { name?: string } | undefined)?.name ?? ''),
      changed: this.#changedKeys(logger),
    }
  }

  #changedKeys(logger: PinoLogger): ReadonlySet<string> | true {
    const { serializers, stringifiers, formatters, nestedKey, messageKey } = this.#symbols
    const rules = (logger[stringifiers] ?? {}) as Entries
    const own = (logger[serializers] ?? {}) as Entries
    const changesAll = Object.getOwnPropertySymbols(rules).some(
      (symbol) => symbol.description === ANY_KEY && (rules as Record<symbol, unknown>)[symbol] !== undefined,
    )
    const formatter = (logger[formatters] as { log?: unknown } | undefined)?.log
    if (changesAll || formatter !== undefined || logger[nestedKey]) return true
    const keys = Object.keys(own).filter((key) => (own[key] as { name?: string }).name !== OWN_ERROR_SERIALIZER)
    const changed = new Set([...keys, ...Object.keys(rules)])
    return changed.has(text(logger[messageKey], 'msg')) ? true : changed
  }
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}

function parseEntries(chindings: string): Entries {
  try {
    return JSON.parse(`{${chindings.slice(1)}}`) as Entries
  } catch {
    // a formatter of the program's own made it no JSON
    return {}
  }
}

let host: string | undefined

/** Without what the resource says already. */
function boundFields({ pid, hostname: name, ...fields }: Entries): BoundFields | undefined {
  const rest = {
    ...(pid === undefined || pid === process.pid ? undefined : { pid }),
    ...(name === undefined || name === (host ??= hostname()) ? undefined : { hostname: name }),
    ...fields,
  }
  return Object.keys(rest).length === 0 ? undefined : new BoundFields(rest)
}
