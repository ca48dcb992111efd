import type { RedisTarget, TargetLoad } from './redis-target.ts'

/** A pool of clients of `redis`, as far as it tells of itself. */
export interface ClientPool {
  readonly idleClients: number
  readonly tasksQueueLength: number
}

const MAX_POOLS = 1_000

/** The pools that are open, and where they lead. Keeps none of them alive. */
export class ClientPools {
  readonly #pools = new Map<WeakRef<object>, TargetLoad>()
  readonly #known = new WeakSet()
  #connecting: object | undefined

  /** Runs what has a pool connect its first clients. */
  connect(pool: object, fn: () => unknown): unknown {
    const before = this.#connecting
    this.#connecting = pool
    try {
      return fn()
    } finally {
      this.#connecting = before
    }
  }

  clientConnects(target: RedisTarget): void {
    const pool = this.#connecting
    if (pool === undefined || this.#known.has(pool) || this.#pools.size >= MAX_POOLS) return
    this.#known.add(pool)
    this.#pools.set(new WeakRef(pool), target.load)
  }

  /** What the pools of a database have, together; undefined where there is none. */
  countsOf(load: TargetLoad): { readonly idle: number; readonly waiting: number } | undefined {
    let counts: { idle: number; waiting: number } | undefined
    for (const [reference, leadsTo] of this.#pools) {
      const pool = reference.deref() as ClientPool | undefined
      if (pool === undefined) this.#pools.delete(reference)
      else if (leadsTo === load) {
        counts ??= { idle: 0, waiting: 0 }
        counts.idle += pool.idleClients
        counts.waiting += pool.tasksQueueLength
      }
    }
    return counts
  }
}
