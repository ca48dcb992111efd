import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { TraceSummary } from '../api/contract.ts'
import { Icon } from '../controls/icon.tsx'
import { ServiceTag } from '../controls/service-tag.tsx'
import { bindKeys } from '../keyboard/keyboard.ts'
import { useVirtualRows } from '../list/virtual-rows.ts'
import { addressOf, goTo } from '../route/route.ts'
import { countText } from '../text/count.ts'
import { visibleLine } from '../text/visible.ts'
import { calendarDay, clockTime, isToday } from '../time/clock.ts'
import { durationText } from '../time/duration.ts'

const ROW_HEIGHT = 32
const COLUMNS = ['Start', 'Service', 'Name', 'Duration', 'Spans', 'Logs', 'Errors'] as const

/** The grid of traces; the bar behind the duration compares it with the long ones of the list. */
export function TraceList({ traces, children }: { traces: readonly TraceSummary[]; children: ComponentChildren }) {
  const list = useVirtualRows({ count: traces.length, rowHeight: ROW_HEIGHT, headHeight: ROW_HEIGHT })
  const currentId = useRef<string | null>(null)
  const longest = useMemo(() => longDuration(traces), [traces])
  const move = (step: number) => {
    const at = traces.findIndex(({ trace_id }) => trace_id === currentId.current)
    const next = at < 0 ? 0 : Math.min(traces.length - 1, Math.max(0, at + step))
    currentId.current = traces[next]?.trace_id ?? null
    list.scrollToRow(next)
    list.focus()
    list.redraw()
  }
  const open = () => currentId.current !== null && goTo(addressOf('trace', [], currentId.current))
  useLayoutEffect(() =>
    bindKeys({ j: () => move(1), ArrowDown: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), Enter: open }),
  )
  const seen = traces.slice(list.first, list.last + 1)
  const current = seen.findIndex(({ trace_id }) => trace_id === currentId.current)
  return (
    <div class="grid traces" ref={list.scroller}>
      <div
        role="grid"
        aria-label="Traces"
        aria-rowcount={traces.length + 1}
        aria-activedescendant={current >= 0 ? `trace-${list.first + current}` : undefined}
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
            {seen.map((trace, index) => (
              <div
                class="row"
                role="row"
                key={trace.trace_id}
                id={`trace-${list.first + index}`}
                aria-rowindex={list.first + index + 2}
                data-current={index === current}
                onClick={() => goTo(addressOf('trace', [], trace.trace_id))}
              >
                <Cells trace={trace} longest={longest} />
              </div>
            ))}
          </div>
        </div>
      </div>
      {children}
    </div>
  )
}

/** The duration that 19 of 20 stay below: a single giant does not make all others look like nothing. */
function longDuration(traces: readonly TraceSummary[]): number {
  const durations = traces.map(({ duration_ms }) => duration_ms ?? 0).sort((a, b) => a - b)
  return Math.max(0.001, durations[Math.floor(durations.length * 0.95)] ?? 0)
}

function Cells({ trace, longest }: { trace: TraceSummary; longest: number }) {
  const part = Math.min(1, Math.max(0, trace.duration_ms ?? 0) / longest)
  return (
    <>
      <span role="gridcell" class="cell-start" title={trace.start}>
        {!isToday(trace.start) && <span class="day">{calendarDay(trace.start)} </span>}
        {clockTime(trace.start)}
      </span>
      <span role="gridcell" class="cell-service">
        <ServiceTag service={trace.service} />
      </span>
      <span role="gridcell" class="cell-name">
        <a href={addressOf('trace', [], trace.trace_id)} tabIndex={-1} onClick={(event) => event.stopPropagation()}>
          <bdi>{visibleLine(trace.name, 300) || '(root span not stored)'}</bdi>
        </a>
      </span>
      <span role="gridcell" class="cell-duration">
        <span class="duration-bar" style={{ width: `${part * 100}%` }} />
        <span>{durationText(trace.duration_ms) || 'no end'}</span>
      </span>
      <span role="gridcell" class="cell-spans">
        {countText(trace.spans)}
      </span>
      <span role="gridcell" class="cell-logs">
        {countText(trace.logs)}
      </span>
      <span role="gridcell" class="cell-errors">
        {trace.errors > 0 && (
          <span class="errors">
            <Icon name="warning" />
            {countText(trace.errors)}
          </span>
        )}
      </span>
    </>
  )
}
