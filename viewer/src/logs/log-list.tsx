import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import type { LogRecord } from '../api/contract.ts'
import { Same } from '../controls/same.tsx'
import { bindKeys } from '../keyboard/keyboard.ts'
import { useVirtualRows } from '../list/virtual-rows.ts'
import { LOG_COLUMNS, LogCells } from './log-row.tsx'

const ROW_HEIGHT = 26
const NEAR_END_ROWS = 40

export interface LogListProps {
  readonly name: string
  readonly rows: readonly LogRecord[]
  readonly openId: string | null
  readonly onOpen: (record: LogRecord) => void
  readonly onNearEnd?: () => void
  /** Called when the reader goes away from the newest row, and comes back to it. */
  readonly onTop?: (atTop: boolean) => void
  readonly children?: ComponentChildren
}

/** The grid of logs: one focus stop, a current row moved by keys, rows rendered only where they are seen. */
export function LogList({ name, rows, openId, onOpen, onNearEnd, onTop, children }: LogListProps) {
  const list = useVirtualRows({ count: rows.length, rowHeight: ROW_HEIGHT, headHeight: ROW_HEIGHT })
  const currentId = useRef<string | null>(openId)
  if (openId !== null) currentId.current = openId

  const move = (step: number) => {
    const at = rows.findIndex((row) => row.id === currentId.current)
    const next = at < 0 ? list.first + (list.first === 0 ? 0 : 10) : Math.min(rows.length - 1, Math.max(0, at + step))
    const row = rows[next]
    if (!row) return
    currentId.current = row.id
    list.scrollToRow(next)
    list.focus()
    if (openId === null) list.redraw()
    else onOpen(row)
  }
  const openCurrent = () => {
    const row = rows.find(({ id }) => id === currentId.current)
    if (row) onOpen(row)
  }
  useLayoutEffect(() =>
    bindKeys({
      j: () => move(1),
      ArrowDown: () => move(1),
      k: () => move(-1),
      ArrowUp: () => move(-1),
      Enter: openCurrent,
    }),
  )
  useEffect(() => {
    if (rows.length > 0 && list.last >= rows.length - NEAR_END_ROWS) onNearEnd?.()
  }, [list.last, rows.length])

  const seen = rows.slice(list.first, list.last + 1)
  return (
    <div class="grid" ref={list.scroller} onScroll={(event) => onTop?.(event.currentTarget.scrollTop < ROW_HEIGHT)}>
      <div
        role="grid"
        aria-label={name}
        aria-rowcount={rows.length + 1}
        aria-activedescendant={seen.some(({ id }) => id === currentId.current) ? `log-${currentId.current}` : undefined}
        tabIndex={0}
      >
        <div class="row head" role="row" aria-rowindex={1}>
          {LOG_COLUMNS.map((column) => (
            <span role="columnheader" class={`cell-${column.toLowerCase()}`} key={column}>
              {column}
            </span>
          ))}
        </div>
        <div class="rows" role="rowgroup" style={{ height: `${list.height}px` }}>
          <div class="window" role="presentation" style={{ transform: `translateY(${list.top}px)` }}>
            {seen.map((record, index) => {
              const current = record.id === currentId.current
              return (
                <Same key={record.id} of={[record, current, openId === record.id, list.first + index]}>
                  {() => (
                    <div
                      class="row"
                      role="row"
                      id={`log-${record.id}`}
                      aria-rowindex={list.first + index + 2}
                      aria-selected={openId === record.id}
                      data-current={current}
                      data-level={record.level}
                      onClick={() => onOpen(record)}
                    >
                      <LogCells record={record} />
                    </div>
                  )}
                </Same>
              )
            })}
          </div>
        </div>
      </div>
      {children}
    </div>
  )
}
