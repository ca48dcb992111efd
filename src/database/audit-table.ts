import type { ChainedRow, Checkpoint } from './row-chain.ts'

/**
 * The table of records in one database.
 * Obligations: `append` is atomic and durable when it resolves; nothing is ever changed or removed; all methods reject when the database does not answer.
 */
export interface AuditTable {
  /** Makes table, indexes and guards where they are missing. */
  migrate(): Promise<void>
  /** Which of these uids stand in the table already. */
  known(uids: readonly string[]): Promise<ReadonlySet<string>>
  /** Writes rows and the end of their chain, all or nothing. */
  append(rows: readonly ChainedRow[], end: Checkpoint): Promise<void>
  /** The ends of all chains as they were written last. */
  checkpoints(): Promise<readonly Checkpoint[]>
  /** The writers that have rows. */
  writers(): Promise<readonly string[]>
  /** A writer's rows behind a number, in the chain's order, so many at most. */
  rows(writer: string, afterSeq: number, limit: number): Promise<readonly ChainedRow[]>
  close(): Promise<void>
}

/** Where the table is. Plain data: it crosses into the delivery thread. */
export interface DatabaseSettings {
  /** `sqlite:<path>` or `postgres://…`. */
  readonly url: string
  readonly table: string
  /** The key of the chain, or the file that has it. */
  readonly key: { readonly text: string } | { readonly file: string }
}
