import type { Level } from '../api/contract.ts'
import { Icon } from '../controls/icon.tsx'
import { LevelTag } from '../controls/level.tsx'
import { serviceColour } from '../controls/service-colour.ts'
import { countOf } from '../text/count.ts'
import { visibleLine } from '../text/visible.ts'
import { durationText } from '../time/duration.ts'
import type { SpanNode } from './span-tree.ts'
import type { PlacedRecord } from './trace-model.ts'
import type { TraceRow } from './trace-rows.ts'

const INDENT = 14
const DEEPEST_INDENT = 18
const MOST_MARKS = 60

export interface RowCellsProps {
  readonly row: TraceRow
  readonly length: number
  readonly onFold: (node: SpanNode) => void
}

/** The two cells of a line: what it is, and where it is on the axis. */
export function RowCells({ row, length, onFold }: RowCellsProps) {
  if (row.kind === 'title')
    return (
      <span role="gridcell" class="trace-title">
        {row.text}
      </span>
    )
  if (row.kind === 'record') return <RecordCells placed={row.placed} depth={row.depth} length={length} />
  const { node, folded, records } = row
  const { span } = node
  return (
    <>
      <span role="gridcell" class="trace-name" style={indent(node.depth)}>
        {node.children.length + records.length > 0 ? (
          <button
            type="button"
            class="fold"
            tabIndex={-1}
            aria-label={`${folded ? 'Unfold' : 'Fold'} ${visibleLine(span.name, 60)}`}
            onClick={(event) => {
              event.stopPropagation()
              onFold(node)
            }}
          >
            <Icon name={folded ? 'right' : 'down'} />
          </button>
        ) : (
          <span class="fold" />
        )}
        <span class="dot" data-colour={serviceColour(span.service)} />
        <span class="trace-text">
          <bdi class="span-name">{visibleLine(span.name, 200)}</bdi>
          <bdi class="span-service">{visibleLine(span.service, 60)}</bdi>
        </span>
        {node.orphan && (
          <span class="tag" title={`Parent ${visibleLine(span.parent_span_id, 40)} is not stored`}>
            no parent
          </span>
        )}
        {node.shift !== 0 && (
          <span
            class="tag"
            title={`Moved by ${durationText(node.shift)}: it seemed to begin before its parent, so the clocks differ`}
          >
            clock
          </span>
        )}
        {folded && <span class="tag">+{countBelow(node)}</span>}
        {span.status === 'ERROR' && (
          <span class="errors" title={visibleLine(span.status_message, 200) || 'Error'}>
            <Icon name="warning" />
            <span class="unseen">error</span>
          </span>
        )}
      </span>
      <span role="gridcell" class="trace-axis">
        <Bar node={node} length={length} />
        <Marks records={records} length={length} />
      </span>
    </>
  )
}

function Bar({ node, length }: { node: SpanNode; length: number }) {
  const left = node.start / length
  const width = node.duration === null ? 1 - left : node.duration / length
  const text = node.duration === null ? 'no end' : durationText(node.duration)
  return (
    <>
      <span
        class="bar"
        data-colour={serviceColour(node.span.service)}
        data-error={node.span.status === 'ERROR'}
        data-open={node.duration === null}
        style={{ left: percent(left), width: percent(width) }}
      />
      <span class="bar-text" style={{ left: percent(left + width) }}>
        {text}
      </span>
    </>
  )
}

/** A mark on the bar for each record, in its level's colour; the most severe ones where there are too many. */
function Marks({ records, length }: { records: readonly PlacedRecord[]; length: number }) {
  if (records.length === 0) return null
  const shown =
    records.length > MOST_MARKS ? records.filter(({ record }) => isSevere(record.level)).slice(0, MOST_MARKS) : records
  return (
    <>
      {shown.map(({ record, at }) => (
        <span
          key={record.id}
          class="mark"
          data-level={record.level}
          title={`${record.level ?? ''} ${visibleLine(record.message, 120)}`}
          style={{ left: percent(inside(at / length)) }}
        />
      ))}
      <span class="unseen">{countOf(records.length, 'log')}</span>
    </>
  )
}

function RecordCells({ placed, depth, length }: { placed: PlacedRecord; depth: number; length: number }) {
  const { record, at } = placed
  const place = inside(at / length)
  const outside = at < 0 || at > length
  const beyond = at < 0 ? at : at - length
  return (
    <>
      <span role="gridcell" class="trace-name record" style={indent(depth)}>
        <span class="fold" />
        <LevelTag level={record.level} />
        <bdi class="trace-text">{visibleLine(record.message, 300)}</bdi>
      </span>
      <span role="gridcell" class="trace-axis">
        <span class="mark alone" data-level={record.level} style={{ left: percent(place) }} />
        <span class="bar-text" style={{ left: percent(place) }}>
          {outside ? `${durationText(beyond)} outside` : durationText(at)}
        </span>
      </span>
    </>
  )
}

function countBelow(node: SpanNode): number {
  let count = 0
  const open = [...node.children]
  for (let next = open.pop(); next; next = open.pop()) {
    count++
    open.push(...next.children)
  }
  return count
}

const indent = (depth: number) => ({ paddingLeft: `${8 + Math.min(depth, DEEPEST_INDENT) * INDENT}px` })
const percent = (part: number) => `${part * 100}%`
const inside = (part: number) => Math.min(1, Math.max(0, part))
const isSevere = (level: Level | null) => level === 'WARNING' || level === 'ERROR' || level === 'CRITICAL'
