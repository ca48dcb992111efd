import type { LogRecord, RecordAnswer } from '../api/contract.ts'
import { useAnswer } from '../api/use-answer.ts'
import { CopyButton } from '../controls/copy-button.tsx'
import { LevelTag } from '../controls/level.tsx'
import { Notice } from '../controls/notice.tsx'
import { Panel } from '../controls/panel.tsx'
import { visibleLine } from '../text/visible.ts'
import { calendarDay, clockTime } from '../time/clock.ts'
import { RecordView } from './record-view.tsx'

export interface RecordPanelProps {
  readonly id: string
  /** What the list knows already, shown until the whole is read. */
  readonly known: LogRecord | undefined
  readonly onClose: () => void
}

/** One record at the side of the list. */
export function RecordPanel({ id, known, onClose }: RecordPanelProps) {
  const answer = useAnswer<RecordAnswer>(`logs/${encodeURIComponent(id)}`)
  const whole = answer.value?.record.id === id ? answer.value : null
  const record = whole?.record ?? known
  return (
    <Panel
      name="Record details"
      title={
        record && (
          <>
            <LevelTag level={record.level} />
            <time dateTime={record.timestamp}>
              {calendarDay(record.timestamp)} {clockTime(record.timestamp)}
            </time>
            <bdi class="quiet">{visibleLine(record.component, 60)}</bdi>
          </>
        )
      }
      actions={whole && <CopyButton name="record as JSON" text={() => JSON.stringify(whole, null, 2)} />}
      onClose={onClose}
    >
      {answer.error && (
        <Notice title="This record could not be read whole" alert>
          {answer.error.message} It may have been cleaned up.
        </Notice>
      )}
      {record && <RecordView key={`${id} ${whole !== null}`} record={record} resource={whole?.resource ?? null} />}
    </Panel>
  )
}
