import type { Database } from './database.ts'

/** 2020-01-01, so that ids fit a double until 2089. */
const EPOCH_MILLIS = 1_577_836_800_000
const SLOTS = 4096
const FURTHEST_MILLIS = 2 ** 40 * 2 - 2
const MAX_BUCKETS = 50_000
const MAX_UIDS = 200_000

interface Bucket {
  nextSlot: number
  readonly uids: Set<string>
}

/** The smallest id of a millisecond, also as a bound in queries. */
export function firstIdOf(millis: number): number {
  return bucketOf(millis) * SLOTS
}

/** The millisecond of an id. */
export function millisOfId(id: number): number {
  return Math.floor(id / SLOTS) + EPOCH_MILLIS
}

function bucketOf(millis: number): number {
  return Math.min(Math.max(Math.floor(millis) - EPOCH_MILLIS, -FURTHEST_MILLIS), FURTHEST_MILLIS)
}

/**
 * Gives out ids in order of time: the millisecond, times 4096, plus a number within it. When a millisecond is full, the
 * following ones take the rest. A replayed record has the time it had, so its twin is found in the same place: duplicates cost no index.
 */
export class RecordIds {
  readonly #database: Database
  readonly #buckets = new Map<number, Bucket>()
  /** Where a full millisecond goes on. */
  readonly #spill = new Map<number, number>()
  #newest = Number.NEGATIVE_INFINITY
  #uidCount = 0

  constructor(database: Database) {
    this.#database = database
    this.forget()
  }

  /** The id for a record of this time; undefined when a record with this uid is stored already. */
  assign(millis: number, uid: string | null): number | undefined {
    const home = bucketOf(millis)
    const bucket = this.#bucket(home)
    if (uid !== null) {
      if (bucket.uids.has(uid)) return undefined
      bucket.uids.add(uid)
      this.#uidCount++
    }
    let at = home
    let target = bucket
    while (target.nextSlot >= SLOTS) {
      at = Math.max(at + 1, this.#spill.get(home) ?? 0)
      target = this.#bucket(at)
      this.#spill.set(home, at)
    }
    if (at > this.#newest) this.#newest = at
    return at * SLOTS + target.nextSlot++
  }

  /** Drops what is remembered, after a transaction was taken back or records were deleted. */
  forget(): void {
    this.#buckets.clear()
    this.#spill.clear()
    this.#uidCount = 0
    const newest = this.#database.get('select max(id) as n from logs')?.['n']
    this.#newest = typeof newest === 'number' ? Math.floor(newest / SLOTS) : Number.NEGATIVE_INFINITY
  }

  #bucket(at: number): Bucket {
    const known = this.#buckets.get(at)
    if (known !== undefined) return known
    const bucket = at > this.#newest ? { nextSlot: 0, uids: new Set<string>() } : this.#load(at)
    this.#makeRoom()
    this.#buckets.set(at, bucket)
    return bucket
  }

  #load(at: number): Bucket {
    const bucket: Bucket = { nextSlot: 0, uids: new Set() }
    let isFull = true
    for (let each = at; isFull; each++) {
      const rows = this.#database.all(
        'select id, uid from logs where id >= ? and id < ?',
        each * SLOTS,
        (each + 1) * SLOTS,
      )
      for (const row of rows) if (typeof row['uid'] === 'string') bucket.uids.add(row['uid'])
      const last = rows.at(-1)
      const nextSlot = last === undefined ? 0 : (last['id'] as number) - each * SLOTS + 1
      if (each === at) bucket.nextSlot = nextSlot
      isFull = nextSlot >= SLOTS
    }
    this.#uidCount += bucket.uids.size
    return bucket
  }

  /** The oldest go first; what is forgotten is read again when needed. */
  #makeRoom(): void {
    if (this.#buckets.size < MAX_BUCKETS && this.#uidCount < MAX_UIDS) return
    for (const [at, bucket] of this.#buckets) {
      if (this.#buckets.size < MAX_BUCKETS / 2 && this.#uidCount < MAX_UIDS / 2) return
      this.#uidCount -= bucket.uids.size
      this.#buckets.delete(at)
      this.#spill.delete(at)
    }
  }
}
