import type { GroupEntries } from './block.ts'

/** Entries that go out together: all with the same meta. */
export interface Batch {
  readonly meta: Uint8Array
  readonly groups: readonly GroupEntries[]
  readonly count: number
}

/** The far end of a lane. `read` answers the same batch until `commit` says that it was delivered. */
export interface BatchSource {
  /** The next batch, of about `maxBytes` at most (one block at least); `undefined` when there is none now. */
  read(maxBytes: number): Batch | undefined
  /** Forgets the batch last read: it was delivered, or given up. */
  commit(): void
}
