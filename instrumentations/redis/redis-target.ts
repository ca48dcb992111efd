import type { Attributes } from '@opentelemetry/api'
import { shareAttributes } from '../../src/otlp/index.ts'
import { ATTRIBUTES } from './attributes.ts'
import { MAX_SHAPES, type CommandShape } from './command-shape.ts'

/** Where a connection leads. */
export interface Endpoint {
  readonly serverAddress?: string | undefined
  /** Undefined for a socket in the file system. */
  readonly serverPort?: number | undefined
  readonly database?: number | undefined
  /** Who is really at the other end, where a client tells. */
  readonly peerAddress?: string | undefined
  readonly peerPort?: number | undefined
}

type Flat = Readonly<Record<string, string | number>>

const MAX_MARKS = 32

/** What is going on at a database now, whoever is at the other end. */
export interface TargetLoad {
  readonly attributes: Flat
  /** By the names of pools in OpenTelemetry's metrics. */
  readonly poolName: string
  /** Commands that have no answer yet. */
  pending: number
  connections: number
}

/** A database of a server: what is told of it, put together once. */
export class RedisTarget {
  /** On all spans and records. */
  readonly attributes: Flat
  /** On metrics: without who is at the other end, which changes. */
  readonly metricAttributes: Flat
  readonly load: TargetLoad
  readonly #attributes = new Map<string, Attributes[]>()

  /** @param load shared with others of the same database */
  constructor({ peerAddress, peerPort, ...server }: Endpoint, load: TargetLoad = newLoad(server)) {
    this.load = load
    this.metricAttributes = load.attributes
    this.attributes = {
      ...this.metricAttributes,
      ...(peerAddress === undefined ? undefined : { [ATTRIBUTES.peerAddress]: peerAddress }),
      ...(peerPort === undefined ? undefined : { [ATTRIBUTES.peerPort]: peerPort }),
    }
  }

  /** A span's, with `?` for every argument. */
  commandAttributes(shape: CommandShape, argumentCount: number): Attributes {
    let known = this.#attributes.get(shape.name)
    if (known === undefined) {
      known = []
      if (this.#attributes.size < MAX_SHAPES) this.#attributes.set(shape.name, known)
    }
    return (known[Math.min(argumentCount, MAX_MARKS + 1)] ??= shareAttributes({
      ...this.attributes,
      [ATTRIBUTES.operation]: shape.name,
      [ATTRIBUTES.queryText]: queryText(shape.name, argumentCount),
    }))
  }
}

function newLoad({ serverAddress, serverPort, database }: Endpoint): TargetLoad {
  const attributes = {
    [ATTRIBUTES.system]: 'redis',
    ...(database === undefined ? undefined : { [ATTRIBUTES.namespace]: String(database) }),
    ...(serverAddress === undefined ? undefined : { [ATTRIBUTES.serverAddress]: serverAddress }),
    ...(serverPort === undefined ? undefined : { [ATTRIBUTES.serverPort]: serverPort }),
  }
  const poolName = `${serverAddress ?? ''}${serverPort === undefined ? '' : `:${serverPort}`}/${database ?? 0}`
  return { attributes, poolName, pending: 0, connections: 0 }
}

function queryText(name: string, argumentCount: number): string {
  return name + ' ?'.repeat(Math.min(argumentCount, MAX_MARKS)) + (argumentCount > MAX_MARKS ? ' …' : '')
}

/** More than a program has; connections that would be beyond share one without an address. */
const MAX_TARGETS = 1_000

/** The databases that were met. */
export class RedisTargets {
  readonly #targets = new Map<string, RedisTarget>()
  readonly #loads = new Map<string, TargetLoad>()
  readonly #rest = new RedisTarget({})

  of(endpoint: Endpoint): RedisTarget {
    const { serverAddress, serverPort, database, peerAddress, peerPort } = endpoint
    const key = [serverAddress, serverPort, database, peerAddress, peerPort].join('\n')
    let target = this.#targets.get(key)
    if (target === undefined) {
      if (this.#targets.size >= MAX_TARGETS) return this.#rest
      const server = [serverAddress, serverPort, database].join('\n')
      target = new RedisTarget(endpoint, this.#loads.get(server))
      this.#targets.set(key, target)
      this.#loads.set(server, target.load)
    }
    return target
  }

  loads(): Iterable<TargetLoad> {
    return this.#loads.values()
  }
}
