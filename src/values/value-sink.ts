/**
 * Takes a value that was made safe, part by part in the order of a document: what goes on the wire is written while the value is walked, and nothing is built in between.
 * A value is one call, or a list or map with everything up to its end. Each item and entry of those has one value between its begin and end.
 */
export interface ValueSink {
  text(text: string): void
  /** NaN and the infinities too. */
  number(value: number): void
  boolean(value: boolean): void
  /** An integer of 64 bits. */
  integer(value: bigint): void
  /** The bytes are the sink's for the time of the call only. */
  bytes(bytes: Uint8Array): void
  nothing(): void
  beginList(): void
  beginItem(): void
  endItem(): void
  endList(): void
  beginMap(): void
  beginEntry(key: string): void
  endEntry(): void
  endMap(): void
  /** The place where a value is about to begin. */
  mark(): number
  /** Forgets all that came after the mark; a value is about to begin there again. */
  rewind(mark: number): void
}
