/** How many failures are too many. */
export interface FailureWatchSettings {
  readonly failuresPerUser: number
  readonly failuresPerAddress: number
  readonly windowMillis: number
}

/** Too many failures of one user, or from one address. */
export interface Suspicion {
  readonly by: 'user' | 'address'
  readonly key: string
  readonly failures: number
  readonly windowMillis: number
}

/** Users and addresses that are remembered, each: the one that was quiet longest is forgotten first. */
const MAX_KEYS = 10_000
const MAX_KEY_LENGTH = 256

/** Counts failures by user and by address. Its memory is bounded; it goes by the monotonic clock. */
export class FailureWatch {
  readonly #settings: FailureWatchSettings
  readonly #now: () => number
  readonly #users = new Map<string, number[]>()
  readonly #addresses = new Map<string, number[]>()

  constructor(settings: FailureWatchSettings, now: () => number = () => performance.now()) {
    this.#settings = settings
    this.#now = now
  }

  /** Counts one failure. @returns what has become too much with it, once for each time a limit is reached */
  failed({ user, address }: { readonly user: unknown; readonly address: unknown }): readonly Suspicion[] {
    const { failuresPerUser, failuresPerAddress, windowMillis } = this.#settings
    const suspicion = (by: Suspicion['by'], key: unknown, seen: Map<string, number[]>, limit: number): Suspicion[] =>
      typeof key === 'string' && key !== '' && this.#reaches(seen, key.slice(0, MAX_KEY_LENGTH), limit)
        ? [{ by, key, failures: limit, windowMillis }]
        : []
    return [
      ...suspicion('user', user, this.#users, failuresPerUser),
      ...suspicion('address', address, this.#addresses, failuresPerAddress),
    ]
  }

  /** After the limit was reached counting begins anew. */
  #reaches(seen: Map<string, number[]>, key: string, limit: number): boolean {
    const now = this.#now()
    const recent = (seen.get(key) ?? []).filter((time) => now - time < this.#settings.windowMillis)
    recent.push(now)
    seen.delete(key)
    if (recent.length >= limit) return true
    seen.set(key, recent)
    if (seen.size > MAX_KEYS) seen.delete(seen.keys().next().value as string)
    return false
  }
}
