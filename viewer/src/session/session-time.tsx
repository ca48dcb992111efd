import { useRef } from 'preact/hooks'
import { countText, shortCount } from '../text/count.ts'
import { shortTime } from '../time/clock.ts'
import { STATE_NAMES } from './state-tag.tsx'
import type { TimeLane, TimeLine, TimeSpan } from './time-line.ts'

const WIDTH = 1000
const HEIGHT = 100
const LEAST_WIDTH = 2
const TICKS = [0, 0.25, 0.5, 0.75, 1]

/** A session's life on one axis, a lane for each kind of thing. A click leads to what happened then. */
export function SessionTime({ line, onPick }: { line: TimeLine; onPick: (millis: number) => void }) {
  const plot = useRef<HTMLDivElement>(null)
  const pick = (event: MouseEvent) => {
    const box = plot.current?.getBoundingClientRect()
    if (!box || event.clientX < box.left) return
    onPick(line.from + ((event.clientX - box.left) / box.width) * (line.to - line.from))
  }
  const precise = (line.to - line.from) / 20
  return (
    <section class="life" aria-label="Time line" onClick={pick}>
      <div class="lane">
        <span class="lane-name">Connections</span>
        <span class="lane-total">{countText(line.spans.length)}</span>
        <div class="lane-plot lane-spans" ref={plot}>
          {line.spans.map((span) => (
            <Connection key={span.key} span={span} />
          ))}
        </div>
      </div>
      {line.lanes.map((lane) => (
        <Lane key={lane.kind} lane={lane} />
      ))}
      <div class="lane lane-axis" aria-hidden="true">
        <span class="lane-name" />
        <span class="lane-total" />
        <div class="lane-plot">
          {TICKS.map((part) => (
            <span key={part}>{shortTime(line.from + part * (line.to - line.from), precise)}</span>
          ))}
        </div>
      </div>
    </section>
  )
}

function Connection({ span }: { span: TimeSpan }) {
  const text = `${span.role ?? 'connection'}: ${STATE_NAMES[span.state]}`
  return (
    <span
      class="life-span"
      role="img"
      aria-label={text}
      title={text}
      data-state={span.state}
      data-role={span.role}
      style={{ left: `${span.x * 100}%`, width: `${span.width * 100}%` }}
    />
  )
}

function Lane({ lane }: { lane: TimeLane }) {
  return (
    <div class="lane" data-kind={lane.kind} data-empty={lane.bars.length === 0}>
      <span class="lane-name">{lane.name}</span>
      <span class="lane-total" title={countText(lane.total)}>
        {shortCount(lane.total)}
      </span>
      <svg
        class="lane-plot"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${lane.name}: ${countText(lane.total)}`}
      >
        {lane.bars.map(({ x, width, height, text }) => (
          <rect
            key={`${x} ${width}`}
            x={x * WIDTH}
            width={Math.max(LEAST_WIDTH, width * WIDTH - 0.6)}
            y={(1 - height) * HEIGHT}
            height={height * HEIGHT}
          >
            <title>{text}</title>
          </rect>
        ))}
      </svg>
    </div>
  )
}
