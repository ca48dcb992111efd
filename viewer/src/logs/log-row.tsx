import type { LogRecord } from '../api/contract.ts'
import { LevelTag } from '../controls/level.tsx'
import { visibleLine } from '../text/visible.ts'
import { calendarDay, clockTime, isToday } from '../time/clock.ts'
import { durationText } from '../time/duration.ts'

/** The columns of the list of logs. */
export const LOG_COLUMNS = ['Time', 'Level', 'Component', 'Message', 'Context', 'Duration'] as const

/** A long duration is marked where the sender warned of it; that a session lasted is nothing to warn of. */
const SLOW_MILLIS = 1_000

/** The cells of one record. */
export function LogCells({ record }: { record: LogRecord }) {
  return (
    <>
      <span role="gridcell" class="cell-time" title={record.timestamp}>
        {!isToday(record.timestamp) && <span class="day">{calendarDay(record.timestamp)} </span>}
        {clockTime(record.timestamp)}
      </span>
      <span role="gridcell" class="cell-level">
        <LevelTag level={record.level} />
      </span>
      <span role="gridcell" class="cell-component">
        <bdi>{visibleLine(record.component, 80)}</bdi>
      </span>
      <span role="gridcell" class="cell-message">
        <bdi>{visibleLine(record.message) || visibleLine(record.event) || visibleLine(record.operation)}</bdi>
        <Request record={record} />
      </span>
      <span role="gridcell" class="cell-context">
        <Context name="user" value={record.user_id} />
        <Context name="session" value={record.session_id} />
        <Context name="req" value={record.request_id} />
      </span>
      <span
        role="gridcell"
        class="cell-duration"
        data-slow={record.level === 'WARNING' && (record.duration_ms ?? 0) >= SLOW_MILLIS}
      >
        {durationText(record.duration_ms)}
      </span>
    </>
  )
}

/** What the record that closes a request is about: method, path, and how it ended. Other records inside the request carry them too, but are about something else. */
function Request({ record: { method, path, status_code } }: { record: LogRecord }) {
  if (method === null || path === null || status_code === null) return null
  return (
    <span class="request">
      <bdi>{visibleLine(`${method} ${path}`, 120)}</bdi>
      <span class="outcome" data-failed={status_code >= 400}>
        {status_code}
      </span>
    </span>
  )
}

function Context({ name, value }: { name: string; value: string | null }) {
  if (value === null || value === '') return null
  return (
    <span class="context">
      <span class="context-name">{name}</span>
      <bdi>{visibleLine(value, 13)}</bdi>
    </span>
  )
}
