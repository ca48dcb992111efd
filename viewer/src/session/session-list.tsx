import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Session } from '../api/contract.ts'
import { Icon } from '../controls/icon.tsx'
import { ServiceTag } from '../controls/service-tag.tsx'
import { bindKeys } from '../keyboard/keyboard.ts'
import { useVirtualRows } from '../list/virtual-rows.ts'
import { addressOf, goTo } from '../route/route.ts'
import { countText, shortCount } from '../text/count.ts'
import { visibleLine } from '../text/visible.ts'
import { calendarDay, clockTime, isToday } from '../time/clock.ts'
import { durationText } from '../time/duration.ts'
import { RoleTag, StateTag } from './state-tag.tsx'

const ROW_HEIGHT = 32
const COLUMNS = ['Start', 'State', 'Service', 'Session', 'Who', 'Duration', 'In', 'Out', 'Close', 'Errors'] as const

/** The grid of sessions. */
export function SessionList({ sessions, children }: { sessions: readonly Session[]; children: ComponentChildren }) {
  const list = useVirtualRows({ count: sessions.length, rowHeight: ROW_HEIGHT, headHeight: ROW_HEIGHT })
  const current = useRef<string | null>(null)
  const move = (step: number) => {
    const at = sessions.findIndex((session) => rowId(session) === current.current)
    const next = at < 0 ? 0 : Math.min(sessions.length - 1, Math.max(0, at + step))
    const session = sessions[next]
    current.current = session ? rowId(session) : null
    list.scrollToRow(next)
    list.focus()
    list.redraw()
  }
  const open = () => {
    const session = sessions.find((one) => rowId(one) === current.current)
    if (session) goTo(addressOf('session', [], session.session_id))
  }
  useLayoutEffect(() =>
    bindKeys({ j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), Enter: open }),
  )
  const seen = sessions.slice(list.first, list.last + 1)
  return (
    <div class="grid traces sessions" ref={list.scroller}>
      <div
        role="grid"
        aria-label="Sessions"
        aria-rowcount={sessions.length + 1}
        aria-activedescendant={
          seen.some((one) => rowId(one) === current.current) ? (current.current ?? undefined) : undefined
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
            {seen.map((session, index) => (
              <div
                class="row"
                role="row"
                key={rowId(session)}
                id={rowId(session)}
                aria-rowindex={list.first + index + 2}
                data-current={rowId(session) === current.current}
                data-session-state={session.state}
                onClick={() => goTo(addressOf('session', [], session.session_id))}
              >
                <Cells session={session} />
              </div>
            ))}
          </div>
        </div>
      </div>
      {children}
    </div>
  )
}

/** The ids of spans have no blanks, as the id of an element must not. */
function rowId({ session_id, span_id }: Session): string {
  return `session-${span_id ?? encodeURIComponent(session_id)}`
}

function Cells({ session }: { session: Session }) {
  const address = addressOf('session', [], session.session_id)
  const close = [session.close_code, session.close_name].filter((part) => part !== null).join(' ')
  return (
    <>
      <span role="gridcell" class="cell-start" title={session.began}>
        {!isToday(session.began) && <span class="day">{calendarDay(session.began)} </span>}
        {clockTime(session.began)}
      </span>
      <span role="gridcell" class="cell-state">
        <StateTag state={session.state} />
      </span>
      <span role="gridcell" class="cell-service">
        <ServiceTag service={session.service} />
      </span>
      <span role="gridcell" class="cell-session">
        <a href={address} tabIndex={-1} onClick={(event) => event.stopPropagation()}>
          <bdi>{visibleLine(session.session_id, 80)}</bdi>
        </a>
        <RoleTag role={session.role === 'client' ? session.role : null} />
      </span>
      <span role="gridcell" class="cell-who">
        <bdi>{visibleLine(session.user_id, 40)}</bdi>
        {session.tenant_id !== null && <bdi class="quiet">{visibleLine(session.tenant_id, 30)}</bdi>}
      </span>
      <span role="gridcell" class="cell-duration">
        {durationText(session.duration_ms)}
      </span>
      <span role="gridcell" class="cell-in">
        <Count count={session.messages_received} />
      </span>
      <span role="gridcell" class="cell-out">
        <Count count={session.messages_sent} />
      </span>
      <span role="gridcell" class="cell-close" title={visibleLine(session.close_reason, 200)}>
        {close}
      </span>
      <span role="gridcell" class="cell-errors">
        {session.errors > 0 && (
          <span class="errors">
            <Icon name="warning" />
            {countText(session.errors)}
          </span>
        )}
      </span>
    </>
  )
}

function Count({ count }: { count: number | null }) {
  return count === null ? null : <span title={countText(count)}>{shortCount(count)}</span>
}
