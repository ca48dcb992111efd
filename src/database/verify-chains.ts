import type { AuditTable } from './audit-table.ts'
import { CHAIN_START, type ChainHasher, type ChainedRow, type Checkpoint } from './row-chain.ts'

/** What is wrong with a chain, at the first place where it is. */
export interface BrokenLink {
  readonly writer: string
  /** The number of the row where it shows. */
  readonly seq: number
  readonly timestamp: string | undefined
  readonly problem: string
}

/** What was found of one writer's chain. */
export interface ChainReport {
  readonly writer: string
  readonly rows: number
  readonly first: string | undefined
  readonly last: string | undefined
  readonly broken: BrokenLink | undefined
}

const PAGE = 2_000

/**
 * Follows every chain in the table from its beginning to its signed end.
 * @param elsewhere checkpoints that were kept outside of the database: only they show a tail, or a whole chain, that was cut off together with its own
 */
export async function verifyChains(
  table: AuditTable,
  hasher: ChainHasher,
  elsewhere: readonly Checkpoint[] = [],
): Promise<readonly ChainReport[]> {
  const kept = await table.checkpoints()
  const writers = new Set([...(await table.writers()), ...[...kept, ...elsewhere].map(({ writer }) => writer)])
  const reports: ChainReport[] = []
  for (const writer of [...writers].toSorted()) {
    const own = [...kept, ...elsewhere].filter((checkpoint) => checkpoint.writer === writer)
    reports.push(
      await new ChainWalk(table, hasher, writer).follow(
        own,
        kept.some((one) => one.writer === writer),
      ),
    )
  }
  return reports
}

/** Follows one chain. */
class ChainWalk {
  readonly #table: AuditTable
  readonly #hasher: ChainHasher
  readonly #writer: string
  #rows = 0
  #seq = 0
  #hash = CHAIN_START
  #first: string | undefined
  #last: string | undefined
  #broken: BrokenLink | undefined

  constructor(table: AuditTable, hasher: ChainHasher, writer: string) {
    this.#table = table
    this.#hasher = hasher
    this.#writer = writer
  }

  async follow(checkpoints: readonly Checkpoint[], hasEnd: boolean): Promise<ChainReport> {
    this.#checkSignatures(checkpoints)
    const marks = new Map<number, Checkpoint[]>()
    for (const checkpoint of checkpoints) marks.set(checkpoint.seq, [...(marks.get(checkpoint.seq) ?? []), checkpoint])
    for (let page = await this.#page(); page.length > 0; page = await this.#page())
      for (const row of page) this.#step(row, marks)
    const end = Math.max(0, ...checkpoints.map(({ seq }) => seq))
    if (this.#seq < end)
      this.#break(this.#seq + 1, `the rows ${this.#seq + 1} to ${end} are missing: the tail was cut off`)
    if (!hasEnd) this.#break(this.#seq, 'its checkpoint is missing from the database')
    else if (this.#seq > end) this.#break(end + 1, `the rows from ${end + 1} on are not covered by a checkpoint`)
    const { writer, rows, first, last, broken } = { writer: this.#writer, rows: this.#rows, first: this.#first, last: this.#last, broken: this.#broken } // prettier-ignore
    return { writer, rows, first, last, broken }
  }

  #page(): Promise<readonly ChainedRow[]> {
    return this.#table.rows(this.#writer, this.#seq, PAGE)
  }

  #checkSignatures(checkpoints: readonly Checkpoint[]): void {
    for (const checkpoint of checkpoints) {
      if (checkpoint.key_id !== this.#hasher.keyId)
        this.#break(0, `it was made with another key (${checkpoint.key_id}, this one is ${this.#hasher.keyId})`)
      else if (!this.#hasher.isSigned(checkpoint))
        this.#break(checkpoint.seq, 'the signature of its checkpoint is wrong: the checkpoint was edited')
    }
  }

  #step(row: ChainedRow, marks: ReadonlyMap<number, readonly Checkpoint[]>): void {
    this.#rows++
    this.#first ??= row.timestamp
    this.#last = row.timestamp
    const at = (problem: string): void => this.#break(row.seq, problem, row.timestamp)
    if (row.seq !== this.#seq + 1) at(`the rows ${this.#seq + 1} to ${row.seq - 1} are missing: deleted`)
    else if (row.prev_hash !== this.#hash)
      at('it is not linked to the row before it: inserted, or moved from another place')
    if (this.#hasher.hash(row, row.prev_hash) !== row.hash)
      at('its contents are not those that were written: edited, or moved')
    for (const mark of marks.get(row.seq) ?? [])
      if (mark.hash !== row.hash) at('it is not the row that a checkpoint has here: the chain was written anew')
    this.#seq = row.seq
    this.#hash = row.hash
  }

  /** Only the first counts: what follows may follow from it. */
  #break(seq: number, problem: string, timestamp?: string): void {
    this.#broken ??= { writer: this.#writer, seq, timestamp, problem }
  }
}
