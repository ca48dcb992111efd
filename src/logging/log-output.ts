import type { LogRecordData } from '../otlp/index.ts'

/** A record as bytes that were not written yet. */
export interface HeldRecord {
  readonly bytes: number
  /** Writes them. Must not throw. */
  readonly write: () => void
}

/**
 * Turns records into its own bytes and puts them where they go.
 * Obligations: `emit` is synchronous, keeps no reference to the record, and lets no secret through; what it throws is counted, and never reaches the caller of a logger.
 */
export interface LogOutput {
  readonly name: string
  /** Records below this severity are not handed to it. */
  readonly minimumSeverity: number
  /** Whether its lines stand among those of the program's other loggers: what one of them says itself is not handed to it. */
  readonly besideOthers?: boolean
  emit(record: LogRecordData): void
  /** Whether what it wrote last outlives the process: `false` while it only waits in memory. An output without it always keeps. */
  keeps?(): boolean
  /** Turns the record into its bytes now, to be written later or never. An output without it has no part in what is kept for later. */
  hold?(record: LogRecordData): HeldRecord
  /** Writes what was gathered to be written together. Must not throw. */
  flush?(): void
  /** Writes what still waits, and from now on each record at once: the process is about to end. Blocks for so long at most. Throws when records were left out. */
  end?(timeoutMillis: number): void
}
