import type { GroupEntries } from './block.ts'

/** Entries that go out together: all with the same meta. */
export interface Batch {
  readonly meta: Uint8Array
  readonly groups: readonly GroupEntries[]
  readonly count: number
}

/** The far end of a lane. `read` answers the same batch until it is committed, or given up for want of room. */
export interface BatchSource {
  /** The next batch, of about `maxBytes` at most (one block at least); undefined when there is none now. */
  read(maxBytes: number): Batch | undefined
  /** Whether this is still the batch that is to go out next. */
  holds(batch: Batch): boolean
  /** Forgets a batch: it was delivered, or refused for good. Nothing happens when it was given up meanwhile. */
  commit(batch: Batch): void
}

/** Adds entries to the group of the same bytes, whichever block they came from. */
export function mergeInto(groups: Map<string, GroupEntries>, group: Uint8Array, entries: readonly Uint8Array[]): void {
  const key = Buffer.from(group.buffer, group.byteOffset, group.length).toString('latin1')
  const known = groups.get(key)
  if (known === undefined) groups.set(key, { group, entries: [...entries] })
  else for (const entry of entries) known.entries.push(entry)
}
