import type { Database } from './database.ts'

const MAX_TERMS = 8
const VOCABULARY = 'create virtual table if not exists temp.log_terms using fts5vocab (main, log_words, instance)'

/**
 * The terms in the word index that a word begins, when they are few; else undefined. SQLite reads a few terms from the newest
 * record backwards and stops in time, but a prefix only by merging all that begin with it.
 */
export function termsOf(database: Database, word: string): string[] | undefined {
  const terms: string[] = []
  database.exec(VOCABULARY)
  let from = word
  for (;;) {
    const next = database.get('select term from log_terms where term >= ? limit 1', from)?.['term']
    if (typeof next !== 'string' || !next.startsWith(word)) return terms
    if (terms.length === MAX_TERMS) return undefined
    terms.push(next)
    from = `${next}\u0001`
  }
}
