import type { Database } from './database.ts'
import { millisOfId } from './record-ids.ts'
import { SLOT_MILLIS } from './schema.ts'

interface Count {
  readonly slot: number
  readonly scopeId: number
  readonly resourceId: number
  readonly rank: number
  count: number
  traced: number
}

const UPSERT = `insert into log_counts (slot, scope_id, resource_id, level, count, traced) values (?, ?, ?, ?, ?, ?)
  on conflict do update set count = count + excluded.count, traced = traced + excluded.traced`

/** The slot of time that an instant is counted in. */
export function slotOf(millis: number): number {
  return Math.floor(millis / SLOT_MILLIS)
}

/** Counts records by time slot, component, resource and level while they are written, so that nobody counts rows later. */
export class LogCounts {
  readonly #database: Database
  readonly #pending = new Map<string, Count>()
  #last: Count | undefined

  constructor(database: Database) {
    this.#database = database
  }

  add(id: number, scopeId: number, resourceId: number, rank: number, isTraced: boolean): void {
    const slot = slotOf(millisOfId(id))
    const count = this.#count(slot, scopeId, resourceId, rank)
    count.count++
    if (isTraced) count.traced++
  }

  /** Writes the counts of a transaction, inside it. */
  write(): void {
    const upsert = this.#database.prepareWrite(UPSERT)
    for (const each of this.#pending.values()) {
      upsert.run(each.slot, each.scopeId, each.resourceId, each.rank, each.count, each.traced)
    }
    this.forget()
  }

  /** Counts a slot anew from the rows, after some of them were deleted. */
  recount(slot: number, firstId: number, endId: number): void {
    this.#database.run('delete from log_counts where slot = ?', slot)
    this.#database.run(
      `insert into log_counts select ?, scope_id, resource_id, (severity - 1) / 4, count(*), count(trace_id)
        from logs where id >= ? and id < ? group by 2, 3, 4`,
      slot,
      firstId,
      endId,
    )
  }

  forget(): void {
    this.#pending.clear()
    this.#last = undefined
  }

  #count(slot: number, scopeId: number, resourceId: number, rank: number): Count {
    const last = this.#last
    if (last?.slot === slot && last.scopeId === scopeId && last.resourceId === resourceId && last.rank === rank)
      return last
    const key = `${slot} ${scopeId} ${resourceId} ${rank}`
    let count = this.#pending.get(key)
    if (count === undefined) {
      count = { slot, scopeId, resourceId, rank, count: 0, traced: 0 }
      this.#pending.set(key, count)
    }
    this.#last = count
    return count
  }
}
