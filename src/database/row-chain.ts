import { createHmac, type BinaryLike } from 'node:crypto'
import { ROW_COLUMNS, type AuditRow } from './audit-row.ts'

/** Where a row stands in its writer's chain. */
export interface ChainLink {
  readonly seq: number
  readonly writer: string
  readonly prev_hash: string
  readonly hash: string
}

export type ChainedRow = AuditRow & ChainLink

/** The end of a writer's chain, signed: rows behind it that are missing are missed. */
export interface Checkpoint {
  readonly writer: string
  readonly seq: number
  readonly hash: string
  /** Tells which key was used, not the key. */
  readonly key_id: string
  readonly signature: string
}

/** What the first row of a chain is linked to. */
export const CHAIN_START = '0'.repeat(64)

/** Computes the hashes of one key. */
export class ChainHasher {
  readonly #key: BinaryLike
  readonly keyId: string

  constructor(key: string) {
    this.#key = key
    this.keyId = this.#hmac('clew audit key').slice(0, 16)
  }

  /** HMAC-SHA256 over the link before, the place in the chain and all columns. */
  hash(row: AuditRow & Pick<ChainLink, 'seq' | 'writer'>, prevHash: string): string {
    return this.#hmac(JSON.stringify([prevHash, row.writer, row.seq, ...ROW_COLUMNS.map((column) => row[column])]))
  }

  checkpoint({ writer, seq, hash }: Pick<ChainLink, 'seq' | 'writer' | 'hash'>): Checkpoint {
    return {
      writer,
      seq,
      hash,
      key_id: this.keyId,
      signature: this.#hmac(JSON.stringify(['checkpoint', writer, seq, hash])),
    }
  }

  isSigned(checkpoint: Checkpoint): boolean {
    return this.checkpoint(checkpoint).signature === checkpoint.signature
  }

  #hmac(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('hex')
  }
}

/** A writer's chain as it grows. */
export class RowChain {
  readonly #hasher: ChainHasher
  readonly #writer: string
  #seq = 0
  #hash = CHAIN_START

  constructor(hasher: ChainHasher, writer: string) {
    this.#hasher = hasher
    this.#writer = writer
  }

  /** The rows as its next links, and its end with them. Nothing has changed until `advance`. */
  link(rows: readonly AuditRow[]): { readonly rows: readonly ChainedRow[]; readonly end: Checkpoint } {
    let prevHash = this.#hash
    const linked = rows.map((row, index): ChainedRow => {
      const place = { ...row, seq: this.#seq + index + 1, writer: this.#writer }
      const hash = this.#hasher.hash(place, prevHash)
      const chained = { ...place, prev_hash: prevHash, hash }
      prevHash = hash
      return chained
    })
    return {
      rows: linked,
      end: this.#hasher.checkpoint({ writer: this.#writer, seq: this.#seq + rows.length, hash: prevHash }),
    }
  }

  /** The rows up to this end are written. */
  advance({ seq, hash }: Checkpoint): void {
    this.#seq = seq
    this.#hash = hash
  }
}
