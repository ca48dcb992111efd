import type { LogFilter } from '../log-store.ts'
import type { Database, SqlValue } from './database.ts'
import { idBytes } from './log-writer.ts'
import { firstIdOf } from './record-ids.ts'
import { termsOf } from './word-terms.ts'
import { WordQuery, componentToken, serviceToken, sessionToken } from './word-query.ts'

const SEVERE_RANK = 3
const ALL_RANKS = 6

/** The SQL of a {@link LogFilter}: what follows `from`, with its values. */
export interface LogCondition {
  readonly from: string
  readonly values: readonly SqlValue[]
  /** The column that ids are read from and ordered by. */
  readonly id: 'l.id' | 'f.rowid'
}

/** Bounds on ids besides those of the filter. */
export interface IdBounds {
  readonly firstId?: number
  readonly endId?: number
}

/** Undefined when nothing can match, such as an unknown component. */
export function logCondition(database: Database, filter: LogFilter, bounds: IdBounds = {}): LogCondition | undefined {
  const terms: string[] = []
  const values: SqlValue[] = []
  const words = wordQuery(database, filter)
  if (words === undefined) return undefined
  const id = words.isEmpty ? 'l.id' : 'f.rowid'
  if (!words.isEmpty) {
    terms.push('f.log_words match ?')
    values.push(words.toString())
  }
  addBounds(terms, values, id, filter, bounds)
  addIds(terms, values, filter)
  const scopes = filter.components && scopeIds(database, filter.components)
  const resources = filter.service === undefined ? undefined : resourceIds(database, filter.service)
  if (scopes?.length === 0 || resources?.length === 0 || filter.ranks?.length === 0) return undefined
  if (scopes !== undefined) terms.push(`l.scope_id in (${scopes.join(', ')})`)
  if (resources !== undefined) terms.push(`l.resource_id in (${resources.join(', ')})`)
  addRanks(terms, filter.ranks, words.isEmpty)
  const tables = words.isEmpty ? 'logs l' : 'log_words f cross join logs l on l.id = f.rowid'
  return { from: terms.length === 0 ? tables : `${tables} where ${terms.join(' and ')}`, values, id }
}

/** Ids of all scopes with one of these names. */
export function scopeIds(database: Database, components: readonly string[]): number[] {
  const marks = components.map(() => '?').join(', ')
  return database.all(`select id from scopes where name in (${marks})`, ...components).map((row) => row['id'] as number)
}

/** Ids of all resources of a service. */
export function resourceIds(database: Database, service: string): number[] {
  return database.all('select id from resources where service = ?', service).map((row) => row['id'] as number)
}

/** Undefined when a word begins no word of any record. */
function wordQuery(database: Database, filter: LogFilter): WordQuery | undefined {
  const words = new WordQuery()
  for (const word of filter.words ?? []) {
    const terms = termsOf(database, word)
    if (terms?.length === 0) return undefined
    if (terms === undefined) words.addPrefix(word)
    else words.addTokens(terms)
  }
  if (filter.traceId !== undefined) words.addId(filter.traceId)
  if (filter.sessionId !== undefined) words.addTokens([sessionToken(filter.sessionId)])
  for (const id of [filter.event, filter.requestId, filter.userId, filter.tenantId])
    if (id !== undefined) words.addId(id)
  if (filter.components !== undefined) words.addTokens(filter.components.map(componentToken))
  if (filter.service !== undefined) words.addTokens([serviceToken(filter.service)])
  return words
}

/** The casts matter: numbers are bound as reals, which the word index does not take as bounds. */
function addBounds(terms: string[], values: SqlValue[], id: string, filter: LogFilter, bounds: IdBounds): void {
  const first = Math.max(
    filter.fromMillis === undefined ? -Infinity : firstIdOf(filter.fromMillis),
    bounds.firstId ?? -Infinity,
  )
  const end = Math.min(filter.toMillis === undefined ? Infinity : firstIdOf(filter.toMillis), bounds.endId ?? Infinity)
  if (first !== -Infinity) {
    terms.push(`${id} >= cast(? as integer)`)
    values.push(first)
  }
  if (end !== Infinity) {
    terms.push(`${id} < cast(? as integer)`)
    values.push(end)
  }
}

function addIds(terms: string[], values: SqlValue[], filter: LogFilter): void {
  const columns = {
    event: filter.event,
    session_id: filter.sessionId,
    request_id: filter.requestId,
    user_id: filter.userId,
    tenant_id: filter.tenantId,
  }
  for (const [column, value] of Object.entries(columns)) {
    if (value === undefined) continue
    terms.push(`l.${column} = ?`)
    values.push(value)
  }
  if (filter.traceId === undefined) return
  terms.push('l.trace_id = ?')
  values.push(idBytes(filter.traceId))
}

/** The first term is the one the index of severe records was made with: written the same, or SQLite does not use it. */
function addRanks(terms: string[], ranks: readonly number[] | undefined, isScan: boolean): void {
  if (ranks === undefined || ranks.length >= ALL_RANKS) return
  if (isScan && ranks.every((rank) => rank >= SEVERE_RANK)) terms.push('l.severity >= 13')
  const each = ranks.map((rank) => `l.severity between ${rank * 4 + 1} and ${rank * 4 + 4}`)
  terms.push(`(${each.join(' or ')})`)
}
