import { metrics, type MeterProvider, type Observable, type ObservableCallback } from '@opentelemetry/api'
import { ATTRIBUTES, METRICS } from './attributes.ts'
import type { ClientPools } from './client-pools.ts'
import { COMPONENT } from './redis-record.ts'
import type { RedisTargets } from './redis-target.ts'

/** How many connections there are, and how much waits for them. Asked for when metrics are collected: it costs commands nothing. */
export class ClientMetrics {
  readonly #targets: RedisTargets
  readonly #pools: ClientPools
  #provider: MeterProvider | undefined
  #undo: (() => void)[] = []

  constructor(targets: RedisTargets, pools: ClientPools) {
    this.#targets = targets
    this.#pools = pools
  }

  /** The first connection stands; or another one, perhaps with another meter provider. */
  observe(): void {
    const provider = metrics.getMeterProvider()
    if (provider === this.#provider) return
    this.end()
    this.#provider = provider
    const meter = provider.getMeter(COMPONENT)
    const counter = (name: string, description: string, unit: string): Observable =>
      meter.createObservableUpDownCounter(name, { description, unit })
    const connections = 'The number of connections that are currently in state described by the state attribute.'
    this.#add(counter(METRICS.connections, connections, '{connection}'), this.#connections)
    this.#add(counter(METRICS.waiting, 'The number of current pending requests for an open connection.', '{request}'), this.#waiting) // prettier-ignore
    this.#add(counter(METRICS.pending, 'The number of commands that have no answer yet.', '{command}'), this.#pending)
  }

  end(): void {
    for (const undo of this.#undo.splice(0)) undo()
    this.#provider = undefined
  }

  #add(observable: Observable, callback: ObservableCallback): void {
    observable.addCallback(callback)
    this.#undo.push(() => observable.removeCallback(callback))
  }

  readonly #connections: ObservableCallback = (result) => {
    for (const load of this.#targets.loads()) {
      const pool = { [ATTRIBUTES.poolName]: load.poolName }
      const idle = this.#pools.countsOf(load)?.idle ?? 0
      if (idle > 0) result.observe(idle, { ...pool, [ATTRIBUTES.poolState]: 'idle' })
      result.observe(Math.max(0, load.connections - idle), { ...pool, [ATTRIBUTES.poolState]: 'used' })
    }
  }

  readonly #waiting: ObservableCallback = (result) => {
    for (const load of this.#targets.loads()) {
      const counts = this.#pools.countsOf(load)
      if (counts !== undefined) result.observe(counts.waiting, { [ATTRIBUTES.poolName]: load.poolName })
    }
  }

  readonly #pending: ObservableCallback = (result) => {
    for (const { pending, attributes } of this.#targets.loads()) result.observe(pending, attributes)
  }
}
