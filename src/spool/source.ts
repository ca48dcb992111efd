import type { GroupEntries } from './block.ts'

/** Entries that go out together: all with the same meta. */
export interface Batch {
  readonly meta: Uint8Array
  readonly groups: readonly GroupEntries[]
  readonly count: number
}

/** The far end of a lane. `read` answers the same batch until it is committed, or given up for want of room or for its age. */
export interface BatchSource {
  /** When the block that comes next was written (`monotonicMillis`), -Infinity while a batch is out; undefined when there is nothing to read now. */
  readonly headMillis: number | undefined
  /**
   * The next batch, of about `maxBytes` at most (one block at least); undefined when there is none now.
   * @param notAfter ends the batch before the first block that was written later
   */
  read(maxBytes: number, notAfter?: number): Batch | undefined
  /** Whether this is still the batch that is to go out next. */
  holds(batch: Batch): boolean
  /** Says of so many entries of a batch what became of them, so that they are not counted again should the batch be given up. */
  decide(batch: Batch, count: number): void
  /** Forgets a batch: what was to be sent of it was. Nothing happens when it was given up meanwhile. */
  commit(batch: Batch): void
}

/** Adds entries to the group of the same bytes, whichever block they came from. */
export function mergeInto(groups: Map<string, GroupEntries>, group: Uint8Array, entries: readonly Uint8Array[]): void {
  const key = Buffer.from(group.buffer, group.byteOffset, group.length).toString('latin1')
  const known = groups.get(key)
  if (known === undefined) groups.set(key, { group, entries: [...entries] })
  else for (const entry of entries) known.entries.push(entry)
}

/** Two sources as one, in the order in which their blocks were written. */
export function oldestFirst(one: BatchSource, other: BatchSource): BatchSource {
  const inOrder = (): readonly [BatchSource, BatchSource] =>
    (other.headMillis ?? Infinity) < (one.headMillis ?? Infinity) ? [other, one] : [one, other]
  const both = [one, other]
  return {
    get headMillis() {
      return inOrder()[0].headMillis
    },
    read(maxBytes, notAfter = Infinity) {
      const [first, second] = inOrder()
      return first.read(maxBytes, Math.min(notAfter, second.headMillis ?? Infinity)) ?? second.read(maxBytes, notAfter)
    },
    holds: (batch) => both.some((source) => source.holds(batch)),
    decide: (batch, count) => both.forEach((source) => source.decide(batch, count)),
    commit: (batch) => both.forEach((source) => source.commit(batch)),
  }
}
