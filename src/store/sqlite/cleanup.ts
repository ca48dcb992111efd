import { type Database, numberOf } from './database.ts'
import { type LogCounts, slotOf } from './log-counts.ts'
import { firstIdOf, millisOfId } from './record-ids.ts'
import { SLOT_MILLIS } from './schema.ts'

const LOGS_AT_ONCE = 5000

/** Removes the oldest records before a time, at most {@link LOGS_AT_ONCE}; returns how many, 0 when none are left. */
export function deleteSomeLogs(database: Database, counts: LogCounts, timeMillis: number): number {
  const sql = 'select max(id) as last, min(id) as first from (select id from logs where id < ? order by id limit ?)'
  const found = database.get(sql, firstIdOf(timeMillis), LOGS_AT_ONCE)
  const [first, last] = [found?.['first'], found?.['last']]
  if (typeof first !== 'number' || typeof last !== 'number') return 0
  const range = 'between cast(? as integer) and cast(? as integer)'
  database.run(`delete from log_words where rowid in (select id from logs where id ${range})`, first, last)
  const deleted = database.run(`delete from logs where id ${range}`, first, last)
  recountUpTo(database, counts, last)
  return deleted
}

/** Whole slots before the next record that is left have none; the slot it is in is counted anew. */
function recountUpTo(database: Database, counts: LogCounts, lastDeleted: number): void {
  const next = database.get('select min(id) as n from logs where id > ?', lastDeleted)?.['n']
  if (typeof next !== 'number') {
    database.run('delete from log_counts')
    return
  }
  const slot = slotOf(millisOfId(next))
  database.run('delete from log_counts where slot < ?', slot)
  counts.recount(slot, firstIdOf(slot * SLOT_MILLIS), firstIdOf((slot + 1) * SLOT_MILLIS))
}

/** Removes spans that began before a time, and says again what is left of their traces. */
export function deleteSpans(database: Database, timeMillis: number): number {
  database.exec(
    'create temp table if not exists touched (trace_id blob primary key) without rowid; delete from touched',
  )
  database.run('insert into touched select distinct trace_id from spans where start_millis < ?', timeMillis)
  const deleted = database.run('delete from spans where start_millis < ?', timeMillis)
  database.run('delete from traces where trace_id in (select trace_id from touched)')
  database.run(`insert into traces
    select trace_id, min(start_millis * 1000.0 + start_nanos / 1000.0),
      max(start_millis * 1000.0 + (start_nanos + duration_nanos) / 1000.0), max(parent_span_id is null),
      (select name from spans r where r.trace_id = s.trace_id order by r.parent_span_id is not null, r.start_millis limit 1),
      (select resource_id from spans r where r.trace_id = s.trace_id
        order by r.parent_span_id is not null, r.start_millis limit 1),
      count(*), sum(status = 2)
    from spans s where trace_id in (select trace_id from touched) group by trace_id`)
  database.exec('delete from touched')
  return deleted
}

/** Forgets sessions whose last sign of life, and instances whose last word, is older. */
export function deleteSessions(database: Database, timeMillis: number): void {
  database.run('delete from sessions where last_millis < ?', timeMillis)
  database.run(
    'delete from instances where max(coalesce(started_millis, 0), coalesce(stopped_millis, 0)) < ?',
    timeMillis,
  )
}

/** How many records there are, by the counts kept while writing. */
export function countLogs(database: Database): number {
  return numberOf(database.get('select coalesce(sum(count), 0) as n from log_counts'))
}
