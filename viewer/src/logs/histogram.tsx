import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { LEVELS } from '../api/contract.ts'
import { LevelTag } from '../controls/level.tsx'
import { changeParams } from '../route/route.ts'
import { countOf, countText, shortCount } from '../text/count.ts'
import { shortTime } from '../time/clock.ts'
import { fixedRange } from '../time/range.ts'
import type { Column, HistogramScale } from './histogram-scale.ts'

const HEIGHT = 100
const WIDTH = 1000

/** How many records there were when, by level. Click a column or drag across some to look only at those. */
export function Histogram({ scale }: { scale: HistogramScale | null }) {
  const hovered = useSignal<number | null>(null)
  const dragFrom = useSignal<number | null>(null)
  const plot = useRef<SVGSVGElement>(null)
  if (!scale) return <div class="histogram" aria-hidden="true" />

  const partAt = (event: PointerEvent) => {
    const box = plot.current?.getBoundingClientRect()
    return box ? Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) : 0
  }
  const finish = (event: PointerEvent) => {
    const start = dragFrom.value
    dragFrom.value = null
    if (start !== null) choose(scale, start, partAt(event))
  }
  const column = hovered.value === null ? undefined : columnAt(scale, hovered.value)
  return (
    <div class="histogram">
      <span class="histogram-most" aria-hidden="true">
        {shortCount(scale.most)}
      </span>
      <svg
        ref={plot}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={summary(scale)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          dragFrom.value = partAt(event)
        }}
        onPointerMove={(event) => (hovered.value = partAt(event))}
        onPointerUp={finish}
        onPointerLeave={() => (hovered.value = null)}
        onPointerCancel={() => (dragFrom.value = null)}
      >
        {scale.columns.map((one) => (
          <Bar key={one.time} column={one} on={one === column} />
        ))}
        {dragFrom.value !== null && hovered.value !== null && (
          <rect
            class="selection"
            x={Math.min(dragFrom.value, hovered.value) * WIDTH}
            width={Math.abs(dragFrom.value - hovered.value) * WIDTH}
            y={0}
            height={HEIGHT}
          />
        )}
      </svg>
      <div class="histogram-axis" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((part) => (
          <span key={part}>{shortTime(scale.from + part * (scale.to - scale.from), scale.interval)}</span>
        ))}
      </div>
      {column && <Tip column={column} interval={scale.interval} />}
    </div>
  )
}

function Bar({ column, on }: { column: Column; on: boolean }) {
  const gap = column.width * WIDTH > 4 ? 0.18 : 0
  return (
    <g data-on={on}>
      {column.parts.map(({ level, y, height }) => (
        <rect
          key={level}
          data-level={level}
          x={(column.x + (column.width * gap) / 2) * WIDTH}
          width={column.width * (1 - gap) * WIDTH}
          y={Math.min(y, 1 - 0.02) * HEIGHT}
          height={Math.max(height, 0.02) * HEIGHT}
        />
      ))}
    </g>
  )
}

function Tip({ column, interval }: { column: Column; interval: number }) {
  const middle = column.x + column.width / 2
  return (
    <div class="tip" style={middle > 0.7 ? { right: `${(1 - middle) * 100}%` } : { left: `${middle * 100}%` }}>
      <div class="tip-time">
        {shortTime(column.time, interval)} – {shortTime(column.time + interval, interval)}
      </div>
      {LEVELS.toReversed().map(
        (level) =>
          (column.counts[level] ?? 0) > 0 && (
            <div class="tip-line" key={level}>
              <LevelTag level={level} />
              <span>{countText(column.counts[level] ?? 0)}</span>
            </div>
          ),
      )}
    </div>
  )
}

function columnAt(scale: HistogramScale, part: number): Column | undefined {
  return scale.columns.find((column) => part >= column.x && part < column.x + column.width)
}

function choose(scale: HistogramScale, start: number, end: number): void {
  const timeOf = (part: number) => scale.from + part * (scale.to - scale.from)
  const clicked = Math.abs(start - end) < 0.004 ? columnAt(scale, end) : undefined
  if (clicked) changeParams(fixedRange(clicked.time, clicked.time + scale.interval))
  else if (Math.abs(start - end) >= 0.004) changeParams(fixedRange(timeOf(start), timeOf(end)))
}

function summary(scale: HistogramScale): string {
  const total = scale.columns.reduce((sum, column) => sum + column.total, 0)
  return `${countOf(total, 'record')} from ${shortTime(scale.from)} to ${shortTime(scale.to)}, at most ${countText(scale.most)} in a column`
}
