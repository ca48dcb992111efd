import type { LogRecord } from '../api/contract.ts'

const newestFirst = (a: LogRecord, b: LogRecord) => (a.timestamp < b.timestamp ? 1 : a.timestamp > b.timestamp ? -1 : 0)

/** Puts records that just arrived, in order of arrival, into rows that are newest first. Only the head of the rows is sorted again. */
export function mergeNewest(rows: readonly LogRecord[], arrived: readonly LogRecord[]): LogRecord[] {
  const fresh = arrived.toReversed().sort(newestFirst)
  const oldest = fresh.at(-1)
  if (!oldest) return [...rows]
  const later = rows.findIndex((row) => row.timestamp <= oldest.timestamp)
  const head = later < 0 ? rows.length : later
  if (head === 0) return [...fresh, ...rows]
  return [...[...fresh, ...rows.slice(0, head)].sort(newestFirst), ...rows.slice(head)]
}
