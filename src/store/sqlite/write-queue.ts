import { StoreError } from '../store-error.ts'
import type { Database } from './database.ts'

interface Job {
  readonly write: () => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** What to do around a transaction of several jobs. */
export interface TransactionHooks {
  /** Inside the transaction, after its jobs. */
  readonly finish: () => void
  /** After the transaction was taken back. */
  readonly undo: () => void
}

const MAX_TURNS = 8

/** Runs what several callers want written in one transaction: commits are what is dear. Each caller is answered after it. */
export class WriteQueue {
  readonly #database: Database
  readonly #hooks: TransactionHooks
  #jobs: Job[] = []
  #isClosed = false

  constructor(database: Database, hooks: TransactionHooks) {
    this.#database = database
    this.#hooks = hooks
  }

  /** Resolves with the job's result once it is committed; rejects when the transaction was taken back. */
  add<T>(write: () => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(new StoreError(`the store ${this.#database.path} is closed`))
    return new Promise<T>((resolve, reject) => {
      this.#jobs.push({ write, resolve: resolve as (value: unknown) => void, reject })
      if (this.#jobs.length === 1) setImmediate(() => this.#gather(0, 0))
    })
  }

  /** Waits while requests that arrived together are still being read: one turn of the event loop more for each that came. */
  #gather(known: number, turns: number): void {
    if (this.#jobs.length > known && turns < MAX_TURNS) setImmediate(() => this.#gather(this.#jobs.length, turns + 1))
    else this.#run()
  }

  /** Runs what is waiting and takes nothing more. */
  close(): void {
    this.#isClosed = true
    this.#run()
  }

  #run(): void {
    const jobs = this.#jobs
    if (jobs.length === 0) return
    this.#jobs = []
    let results: unknown[]
    try {
      results = this.#transact(jobs)
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error)
      const failure = new StoreError(`the store ${this.#database.path} could not be written: ${found}`, {
        cause: error,
      })
      for (const job of jobs) job.reject(failure)
      return
    }
    for (const [index, job] of jobs.entries()) job.resolve(results[index])
  }

  #transact(jobs: readonly Job[]): unknown[] {
    try {
      this.#database.exec('begin immediate')
      const results = jobs.map((job) => job.write())
      this.#hooks.finish()
      this.#database.exec('commit')
      return results
    } catch (error) {
      this.#rollBack()
      throw error
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('rollback')
    } catch {
      // SQLite took the transaction back itself, or it never began.
    }
    this.#hooks.undo()
  }
}
