import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { Same } from '../controls/same.tsx'
import { bindKeys } from '../keyboard/keyboard.ts'
import { useVirtualRows } from '../list/virtual-rows.ts'
import { durationText } from '../time/duration.ts'
import type { SpanNode } from './span-tree.ts'
import { ticks } from './ticks.ts'
import type { TraceModel } from './trace-model.ts'
import { RowCells } from './trace-row.tsx'
import type { TraceRow } from './trace-rows.ts'

const ROW_HEIGHT = 26

export interface WaterfallProps {
  readonly model: TraceModel
  readonly rows: readonly TraceRow[]
  /** Key of the row whose details are open. */
  readonly openKey: string | null
  readonly onOpen: (row: TraceRow) => void
  readonly onFold: (node: SpanNode, fold?: boolean) => void
}

/** Spans and their logs on one axis of time. */
export function Waterfall({ model, rows, openKey, onOpen, onFold }: WaterfallProps) {
  const list = useVirtualRows({ count: rows.length, rowHeight: ROW_HEIGHT, headHeight: ROW_HEIGHT })
  const currentKey = useRef<string | null>(openKey)
  if (openKey !== null) currentKey.current = openKey

  const indexOfCurrent = () => rows.findIndex((row) => row.key === currentKey.current)
  const move = (step: number) => {
    const at = indexOfCurrent()
    const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))
    const row = rows[next]
    if (!row) return
    currentKey.current = row.key
    list.scrollToRow(next)
    list.focus()
    if (openKey === null) list.redraw()
    else onOpen(row)
  }
  const open = () => {
    const row = rows[indexOfCurrent()]
    if (row) onOpen(row)
  }
  const fold = (to: boolean) => {
    const row = rows[indexOfCurrent()]
    if (row?.kind === 'span' && row.folded !== to) onFold(row.node, to)
  }
  useLayoutEffect(() =>
    bindKeys({
      j: () => move(1),
      ArrowDown: () => move(1),
      k: () => move(-1),
      ArrowUp: () => move(-1),
      ArrowLeft: () => fold(true),
      ArrowRight: () => fold(false),
      Enter: open,
    }),
  )
  useEffect(() => {
    const at = rows.findIndex((row) => row.key === openKey)
    if (at >= 0 && (at < list.first || at > list.last)) list.scrollToRow(at)
  }, [openKey])

  const seen = rows.slice(list.first, list.last + 1)
  return (
    <div
      class="grid trace-grid"
      role="treegrid"
      aria-label="Spans and logs"
      aria-rowcount={rows.length}
      aria-activedescendant={
        seen.some(({ key }) => key === currentKey.current) ? (currentKey.current ?? undefined) : undefined
      }
      tabIndex={0}
      ref={list.scroller}
    >
      <Axis length={model.length} />
      <div class="rows" role="rowgroup" style={{ height: `${list.height}px` }}>
        <div class="tick-lines" role="presentation">
          {ticks(model.length).map((at) => (
            <span key={at} style={{ left: `${(at / model.length) * 100}%` }} />
          ))}
        </div>
        <div class="window" role="presentation" style={{ transform: `translateY(${list.top}px)` }}>
          {seen.map((row, index) => {
            const current = row.key === currentKey.current
            return (
              <Same key={row.key} of={[row, current, openKey === row.key, model, list.first + index]}>
                {() => (
                  <div
                    class="row"
                    role="row"
                    id={row.key}
                    aria-rowindex={list.first + index + 1}
                    aria-level={levelOf(row)}
                    aria-expanded={row.kind === 'span' && row.node.children.length > 0 ? !row.folded : undefined}
                    aria-selected={openKey === row.key}
                    data-current={current}
                    onClick={() => onOpen(row)}
                  >
                    <RowCells row={row} length={model.length} onFold={onFold} />
                  </div>
                )}
              </Same>
            )
          })}
        </div>
      </div>
    </div>
  )
}

function Axis({ length }: { length: number }) {
  return (
    <div class="row head" role="row">
      <span role="columnheader" class="trace-name">
        Span
      </span>
      <span role="columnheader" class="trace-axis" aria-label={`Time, ${durationText(length)} in all`}>
        {ticks(length).map((at) => (
          <span class="tick" key={at} style={{ left: `${(at / length) * 100}%` }}>
            {at === 0 ? '0' : durationText(at)}
          </span>
        ))}
      </span>
    </div>
  )
}

function levelOf(row: TraceRow): number {
  if (row.kind === 'title') return 1
  return (row.kind === 'span' ? row.node.depth : row.depth) + 1
}
