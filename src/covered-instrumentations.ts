import type { InstrumentationStatus } from '../instrumentations/instrumentation.ts'
import type { Settings } from './settings/index.ts'

type Covering = Pick<Settings, 'http' | 'websocket' | 'redis' | 'loggers' | 'runtimeMetrics' | 'otlp' | 'disabled'>

/** Instrumentations of others that tell what clew tells itself, by the option that says whether it does. */
const SAME_AS: Readonly<Record<string, string>> = {
  '@opentelemetry/instrumentation-http': 'http',
  '@opentelemetry/instrumentation-undici': 'http',
  'opentelemetry-instrumentation-fetch-node': 'http',
  'opentelemetry-instrumentation-ws': 'websocket',
  '@opentelemetry/instrumentation-pino': 'loggers.pino',
  '@opentelemetry/instrumentation-winston': 'loggers.winston',
  '@opentelemetry/winston-transport': 'loggers.winston',
  '@opentelemetry/instrumentation-bunyan': 'loggers.bunyan',
  '@opentelemetry/instrumentation-runtime-node': 'runtimeMetrics',
}

/** Those that clew shares clients with, by version, where `init()` has them in hand; elsewhere they would tell all of them. */
const SHARED = new Set([
  '@opentelemetry/instrumentation-redis',
  '@opentelemetry/instrumentation-redis-4',
  '@opentelemetry/instrumentation-ioredis',
])

/** Which instrumentations of others clew makes superfluous. */
export class CoveredInstrumentations {
  readonly #on: Set<string>
  readonly #given = new Set<string>()
  readonly #heard = new Set<string>()

  constructor({ http, websocket, redis, loggers, runtimeMetrics, otlp, disabled }: Covering) {
    const flags: Readonly<Record<string, boolean>> = {
      http: http !== false,
      websocket: websocket !== false,
      redis: redis !== false,
      runtimeMetrics: runtimeMetrics && otlp?.endpoints.metrics !== undefined,
      'loggers.pino': loggers.pino !== 'off',
      'loggers.winston': loggers.winston !== 'off',
      'loggers.bunyan': loggers.bunyan !== 'off',
    }
    this.#on = new Set(disabled ? [] : Object.keys(flags).filter((option) => flags[option] === true))
  }

  #optionOf(name: string): string | undefined {
    const option = SAME_AS[name]
    return option !== undefined && this.#on.has(option) ? option : undefined
  }

  /** Hears of one that `init()` was given. @returns why it is left out; undefined when it is not */
  readonly given = (name: string): string | undefined => {
    this.#given.add(name)
    const option = this.#optionOf(name)
    return option === undefined ? undefined : coveredDetail(option)
  }

  /** clew's own gives way after all. */
  giveWay(option: string): void {
    this.#on.delete(option)
  }

  /** Whether spans, records and metrics of this scope would be told a second time: whoever put that instrumentation to work, outside of `init()`, does not know of clew's. */
  readonly isQuiet = (scope: string): boolean => {
    if (this.#given.has(scope)) return this.#optionOf(scope) !== undefined
    const isQuiet = this.#optionOf(scope) !== undefined || (SHARED.has(scope) && this.#on.has('redis'))
    if (isQuiet) this.#heard.add(scope)
    return isQuiet
  }

  /** Those that were put to work outside of `init()`, and what became of them. */
  status(): InstrumentationStatus[] {
    return [...this.#heard].map((name) => {
      const cure = SHARED.has(name) ? REDIS_LEFT_OUT : coveredDetail(SAME_AS[name] ?? '')
      return { name, active: false, detail: `put to work outside of init(); ${cure}` }
    })
  }
}

const REDIS_LEFT_OUT =
  'left out, since clew hears redis from 5.12 and ioredis from 5.11 itself; to have it for older ones: init({ instrumentations: [it] })'

/** What a status says of an instrumentation that is left out. */
function coveredDetail(option: string): string {
  const [group = '', logger] = option.split('.')
  const off = logger === undefined ? `${group}: false` : `${group}: { ${logger}: false }`
  return `left out, since clew tells the same itself; to have this one instead: init({ ${off} })`
}

/** Whether OpenTelemetry's own HTTP instrumentation is in the way of requests already: it can't be taken back from outside, and lies below whatever comes later. */
export function isHttpPatched(): boolean {
  const { Server } = process.getBuiltinModule('node:http')
  const emit: unknown = Object.getOwnPropertyDescriptor(Server.prototype, 'emit')?.value
  return (emit as { readonly __wrapped?: unknown } | undefined)?.__wrapped === true
}

/** What stands in clew's place where requests are told already. */
export const HTTP_ELSEWHERE: InstrumentationStatus = Object.freeze({
  name: 'http',
  active: false,
  detail:
    "left out: @opentelemetry/instrumentation-http was at work before init(), outside of it, and tells requests and calls of node:http itself, without clew's records and request ids (fetch is left to @opentelemetry/instrumentation-undici); to have clew's: leave it out there, for example by OTEL_NODE_DISABLED_INSTRUMENTATIONS=http,undici",
})
