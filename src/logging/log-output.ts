import type { LogRecordData } from '../otlp/index.ts'

/**
 * Turns records into its own bytes and puts them where they go.
 * Obligations: `emit` is synchronous, keeps no reference to the record, and lets no secret through; what it throws is counted, and never reaches the caller of a logger.
 */
export interface LogOutput {
  readonly name: string
  /** Records below this severity are not handed to it. */
  readonly minimumSeverity: number
  emit(record: LogRecordData): void
}
