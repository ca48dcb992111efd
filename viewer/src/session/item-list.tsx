import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { SessionItem } from '../api/contract.ts'
import { LevelTag } from '../controls/level.tsx'
import { Same } from '../controls/same.tsx'
import { bindKeys } from '../keyboard/keyboard.ts'
import { useVirtualRows } from '../list/virtual-rows.ts'
import { addressOf } from '../route/route.ts'
import { visibleLine } from '../text/visible.ts'
import { calendarDay, clockTime, isToday } from '../time/clock.ts'
import { durationText } from '../time/duration.ts'
import { KIND_NAMES, itemLevel, itemText } from './item-text.ts'
import { itemKey, itemMillis } from './session-feed.ts'

const ROW_HEIGHT = 26
const COLUMNS = ['Time', 'Kind', 'Level', 'Component', 'Message', 'Trace', 'Duration'] as const

export interface ItemListProps {
  readonly items: readonly SessionItem[]
  readonly openKey: string | null
  readonly onOpen: (item: SessionItem) => void
  /** A time to be shown, and a number that changes with each wish. */
  readonly wish: { readonly millis: number; readonly turn: number } | null
  /** Whether the end is to stay in sight while more comes, until the reader goes away from it. */
  readonly follow: boolean
  readonly children?: ComponentChildren
}

/** What happened in a session, in order of time. */
export function ItemList({ items, openKey, onOpen, wish, follow, children }: ItemListProps) {
  const list = useVirtualRows({ count: items.length, rowHeight: ROW_HEIGHT, headHeight: ROW_HEIGHT })
  const current = useRef<string | null>(openKey)
  if (openKey !== null) current.current = openKey

  const show = (index: number) => {
    const item = items[index]
    if (!item) return
    current.current = itemKey(item)
    list.scrollToRow(index)
    if (openKey === null) list.redraw()
    else onOpen(item)
  }
  const move = (step: number) => {
    const at = items.findIndex((item) => itemKey(item) === current.current)
    show(at < 0 ? list.first : Math.min(items.length - 1, Math.max(0, at + step)))
    list.focus()
  }
  const open = () => {
    const item = items.find((one) => itemKey(one) === current.current)
    if (item) onOpen(item)
  }
  useLayoutEffect(() =>
    bindKeys({ j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), Enter: open }),
  )
  useEffect(() => {
    if (!wish) return
    const at = items.findIndex((item) => itemMillis(item) >= wish.millis)
    show(at < 0 ? items.length - 1 : at)
  }, [wish?.turn])

  const atEnd = useRef(true)
  useEffect(() => {
    if (follow && atEnd.current && openKey === null) list.scrollToRow(items.length - 1)
  }, [follow, items.length])
  const scrolled = ({ currentTarget: { scrollTop, clientHeight, scrollHeight } }: { currentTarget: HTMLElement }) => {
    atEnd.current = scrollTop + clientHeight > scrollHeight - ROW_HEIGHT
  }

  const seen = items.slice(list.first, list.last + 1)
  return (
    <div class="grid items" ref={list.scroller} onScroll={scrolled}>
      <div
        role="grid"
        aria-label="What happened in this session"
        aria-rowcount={items.length + 1}
        aria-activedescendant={
          seen.some((item) => itemKey(item) === current.current) ? (current.current ?? undefined) : undefined
        }
        tabIndex={0}
      >
        <div class="row head" role="row" aria-rowindex={1}>
          {COLUMNS.map((column) => (
            <span role="columnheader" class={`cell-${column.toLowerCase()}`} key={column}>
              {column}
            </span>
          ))}
        </div>
        <div class="rows" role="rowgroup" style={{ height: `${list.height}px` }}>
          <div class="window" role="presentation" style={{ transform: `translateY(${list.top}px)` }}>
            {seen.map((item, index) => {
              const key = itemKey(item)
              const isCurrent = key === current.current
              return (
                <Same key={key} of={[item, isCurrent, openKey === key, list.first + index]}>
                  {() => (
                    <div
                      class="row"
                      role="row"
                      id={key}
                      aria-rowindex={list.first + index + 2}
                      aria-selected={openKey === key}
                      data-current={isCurrent}
                      data-level={itemLevel(item)}
                      data-kind={item.kind}
                      onClick={() => onOpen(item)}
                    >
                      <Cells item={item} />
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

function Cells({ item }: { item: SessionItem }) {
  const { record, span } = item
  const time = record ? record.timestamp : span.start
  const traceId = (record ?? span).trace_id
  return (
    <>
      <span role="gridcell" class="cell-time" title={time}>
        {!isToday(time) && <span class="day">{calendarDay(time)} </span>}
        {clockTime(time)}
      </span>
      <span role="gridcell" class="cell-kind">
        <span class="kind" data-kind={item.kind}>
          {KIND_NAMES[item.kind] ?? visibleLine(item.kind, 12)}
        </span>
      </span>
      <span role="gridcell" class="cell-level">
        {itemLevel(item) !== null && <LevelTag level={itemLevel(item)} />}
      </span>
      <span role="gridcell" class="cell-component">
        <bdi>{visibleLine(record ? record.component : span.scope, 80)}</bdi>
      </span>
      <span role="gridcell" class="cell-message">
        <bdi>{itemText(item)}</bdi>
      </span>
      <span role="gridcell" class="cell-trace">
        {traceId !== null && (
          <a
            href={addressOf('trace', [['span', (record ?? span).span_id ?? '']], traceId)}
            tabIndex={-1}
            aria-label={`Trace ${traceId.slice(0, 8)}`}
            onClick={(event) => event.stopPropagation()}
          >
            {traceId.slice(0, 8)}
          </a>
        )}
      </span>
      <span role="gridcell" class="cell-duration">
        {durationText((record ?? span).duration_ms)}
      </span>
    </>
  )
}
