import { LEVELS, type Level } from '../level.ts'
import type { ComponentCount, Histogram, LogFilter, LogStatistics, TimeRange } from '../log-store.ts'
import type { Database, SqlRow, SqlValue } from './database.ts'
import { logCondition, resourceIds, scopeIds } from './log-condition.ts'
import { slotOf } from './log-counts.ts'
import type { Names } from './names.ts'
import { firstIdOf, millisOfId } from './record-ids.ts'
import { SLOT_MILLIS } from './schema.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const WIDTHS = [1, 2, 5, 10, 20, 50, 100, 200, 500]
  .concat([1, 2, 5, 10, 30].map((n) => n * SECOND))
  .concat([1, 2, 5, 10, 30].map((n) => n * MINUTE))
  .concat([1, 3, 6, 12].map((n) => n * HOUR))
  .concat([1, 2, 7, 14, 28, 91, 364, 3640].map((n) => n * DAY))

interface CountRow {
  readonly millis: number
  readonly scopeId: number
  readonly rank: number
  readonly count: number
  readonly traced: number
}

/** Counts records: whole time slots from the counts kept while writing, the ends of the range from the rows. */
export class LogStatisticsReader {
  readonly #database: Database
  readonly #names: Names

  constructor(database: Database, names: Names) {
    this.#database = database
    this.#names = names
  }

  /** See `LogStore.histogram`. */
  histogram(filter: LogFilter, maxBuckets: number): Histogram {
    const range = this.#range(filter)
    if (range === undefined) return { intervalMillis: MINUTE, buckets: [] }
    const [fromMillis, toMillis] = range
    const intervalMillis = widthFor(fromMillis, toMillis, maxBuckets)
    const byTime = new Map<number, number[]>()
    for (const row of this.#timeCounts({ ...filter, fromMillis, toMillis }, intervalMillis)) {
      const start = Math.floor(row.millis / intervalMillis) * intervalMillis
      let counts = byTime.get(start)
      if (counts === undefined) byTime.set(start, (counts = LEVELS.map(() => 0)))
      counts[row.rank] = (counts[row.rank] ?? 0) + row.count
    }
    const buckets = [...byTime].sort((a, b) => a[0] - b[0]).map(([startMillis, counts]) => ({ startMillis, counts }))
    return { intervalMillis, buckets }
  }

  /** All but spans and traces of `LogStore.statistics`. */
  statistics(range: TimeRange): Omit<LogStatistics, 'spans' | 'traces'> {
    const byLevel = Object.fromEntries(LEVELS.map((level) => [level, 0])) as Record<Level, number>
    const byComponent = new Map<string, { component: string; count: number; errors: number }>()
    let logs = 0
    let logsWithTrace = 0
    for (const row of this.#counts(range, HOUR * 24 * 365_000)) {
      logs += row.count
      logsWithTrace += row.traced
      byLevel[LEVELS[row.rank] ?? 'INFO'] += row.count
      const component = this.#names.component(row.scopeId)
      const known = byComponent.get(component) ?? { component, count: 0, errors: 0 }
      known.count += row.count
      if (row.rank >= 4) known.errors += row.count
      byComponent.set(component, known)
    }
    const logsWithStoredSpan = logsWithTrace === 0 ? 0 : this.#withStoredSpan(range)
    return { logs, byLevel, byComponent: mostFirst(byComponent.values()), logsWithTrace, logsWithStoredSpan }
  }

  /** See `LogStore.levels`. */
  levels(): Record<Level, number> {
    const counts = Object.fromEntries(LEVELS.map((level) => [level, 0])) as Record<Level, number>
    for (const row of this.#database.all('select level, sum(count) as count from log_counts group by level')) {
      counts[LEVELS[row['level'] as number] ?? 'INFO'] += row['count'] as number
    }
    return counts
  }

  /** See `LogStore.components`. */
  components(): ComponentCount[] {
    const found = new Map<string, { component: string; count: number; errors: number; lastMillis: number }>()
    const sql = `select scope_id, sum(count) as count, sum(iif(level >= 4, count, 0)) as errors, max(slot) as slot
      from log_counts group by scope_id`
    for (const row of this.#database.all(sql)) {
      const scopeId = row['scope_id'] as number
      const component = this.#names.component(scopeId)
      const known = found.get(component) ?? { component, count: 0, errors: 0, lastMillis: 0 }
      known.count += row['count'] as number
      known.errors += row['errors'] as number
      known.lastMillis = Math.max(known.lastMillis, this.#lastMillis(scopeId, row['slot'] as number))
      found.set(component, known)
    }
    return mostFirst(found.values())
  }

  #lastMillis(scopeId: number, slot: number): number {
    const sql =
      'select max(id) as id from (select id from logs where id >= ? and scope_id = ? order by id desc limit 1)'
    const id = this.#database.get(sql, firstIdOf(slot * SLOT_MILLIS), scopeId)?.['id']
    return typeof id === 'number' ? millisOfId(id) : slot * SLOT_MILLIS
  }

  #withStoredSpan(range: TimeRange): number {
    const condition = logCondition(this.#database, range)
    if (condition === undefined) return 0
    const link = 'exists (select 1 from spans s where s.trace_id = l.trace_id and s.span_id = l.span_id)'
    const joined = condition.values.length === 0 ? 'where' : 'and'
    const sql = `select count(*) as n from ${condition.from} ${joined} l.trace_id is not null and ${link}`
    return Number(this.#database.get(sql, ...condition.values)?.['n'] ?? 0)
  }

  /** The range to show: as asked, where nothing is asked from the first or to the last record there is. */
  #range(filter: LogFilter): [fromMillis: number, toMillis: number] | undefined {
    const ends = this.#database.get('select (select min(id) from logs) as first, (select max(id) from logs) as last')
    const first = ends?.['first']
    const last = ends?.['last']
    if (typeof first !== 'number' || typeof last !== 'number') return undefined
    const from = filter.fromMillis ?? millisOfId(first)
    const to = filter.toMillis ?? millisOfId(last) + 1
    return from < to ? [from, to] : undefined
  }

  #timeCounts(filter: LogFilter, widthMillis: number): CountRow[] {
    const { words, userId, tenantId, sessionId, requestId, traceId } = filter
    const needsRows = [userId, tenantId, sessionId, requestId, traceId].some((id) => id !== undefined)
    if (needsRows || (words?.length ?? 0) > 0 || widthMillis % SLOT_MILLIS !== 0)
      return this.#rowCounts(filter, widthMillis)
    return this.#counts(filter, widthMillis)
  }

  /** Whole slots from the counts, the rest from the rows. */
  #counts(filter: LogFilter, widthMillis: number): CountRow[] {
    const firstSlot = filter.fromMillis === undefined ? undefined : slotOf(filter.fromMillis + SLOT_MILLIS - 1)
    const endSlot = filter.toMillis === undefined ? undefined : slotOf(filter.toMillis)
    if (firstSlot !== undefined && endSlot !== undefined && firstSlot >= endSlot)
      return this.#rowCounts(filter, widthMillis)
    const rows = this.#slotCounts(filter, widthMillis, firstSlot, endSlot)
    if (firstSlot !== undefined) {
      rows.push(...this.#rowCounts({ ...filter, toMillis: firstSlot * SLOT_MILLIS }, widthMillis))
    }
    if (endSlot !== undefined) {
      rows.push(...this.#rowCounts({ ...filter, fromMillis: endSlot * SLOT_MILLIS }, widthMillis))
    }
    return rows
  }

  #slotCounts(filter: LogFilter, widthMillis: number, firstSlot?: number, endSlot?: number): CountRow[] {
    const terms = ['true']
    const values: SqlValue[] = [widthMillis / SLOT_MILLIS]
    if (firstSlot !== undefined) {
      terms.push('slot >= ?')
      values.push(firstSlot)
    }
    if (endSlot !== undefined) {
      terms.push('slot < ?')
      values.push(endSlot)
    }
    if (filter.components) terms.push(`scope_id in (${scopeIds(this.#database, filter.components).join(', ')})`)
    if (filter.service !== undefined)
      terms.push(`resource_id in (${resourceIds(this.#database, filter.service).join(', ')})`)
    if (filter.ranks) terms.push(`level in (${filter.ranks.join(', ')})`)
    const sql = `select min(slot) * ${SLOT_MILLIS} as millis, scope_id, level, sum(count) as count, sum(traced) as traced
      from log_counts where ${terms.join(' and ')} group by floor(slot / cast(? as real)), scope_id, level`
    return this.#database.all(sql, ...values.slice(1), values[0] as number).map(countRow)
  }

  #rowCounts(filter: LogFilter, widthMillis: number): CountRow[] {
    if (filter.fromMillis !== undefined && filter.toMillis !== undefined && filter.fromMillis >= filter.toMillis)
      return []
    const condition = logCondition(this.#database, filter)
    if (condition === undefined) return []
    const [origin, width] = [firstIdOf(0), firstIdOf(widthMillis) - firstIdOf(0)]
    const sql = `select min(${condition.id}) as id, l.scope_id, (l.severity - 1) / 4 as level, count(*) as count,
      count(l.trace_id) as traced from ${condition.from} group by (${condition.id} - ${origin}) / ${width}, 2, 3`
    const rows = this.#database.all(sql, ...condition.values)
    return rows.map((row) => countRow({ ...row, millis: millisOfId(row['id'] as number) }))
  }
}

function countRow(row: SqlRow): CountRow {
  return {
    millis: row['millis'] as number,
    scopeId: row['scope_id'] as number,
    rank: row['level'] as number,
    count: row['count'] as number,
    traced: row['traced'] as number,
  }
}

/** The narrowest width with which the range needs no more buckets than that. */
function widthFor(fromMillis: number, toMillis: number, maxBuckets: number): number {
  const fits = (width: number) => Math.floor((toMillis - 1) / width) - Math.floor(fromMillis / width) + 1 <= maxBuckets
  return WIDTHS.find(fits) ?? Math.ceil(toMillis)
}

function mostFirst<T extends { component: string; count: number }>(counts: Iterable<T>): T[] {
  return [...counts].sort((a, b) => b.count - a.count || (a.component < b.component ? -1 : 1))
}
