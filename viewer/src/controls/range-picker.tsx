import { PRESETS, presetOf, rangeOf, type PresetName } from '../time/range.ts'
import { changeParams, route } from '../route/route.ts'
import { shortTime } from '../time/clock.ts'
import { Icon } from './icon.tsx'

const NAMES = Object.keys(PRESETS) as PresetName[]

/** The presets side by side; a fixed range stands beside them until it is taken away. */
export function RangePicker() {
  const { params } = route.value
  const preset = presetOf(params)
  return (
    <div class="range" role="group" aria-label="Time range">
      {preset === null && <FixedRange params={params} />}
      {NAMES.map((name) => (
        <button
          type="button"
          key={name}
          aria-pressed={preset === name}
          aria-label={PRESETS[name].name}
          title={PRESETS[name].name}
          onClick={() => changeParams({ range: name, from: null, to: null })}
        >
          {PRESETS[name].label}
        </button>
      ))}
    </div>
  )
}

function FixedRange({ params }: { params: URLSearchParams }) {
  const { from, to } = rangeOf(params)
  const text = `${from === null ? '…' : shortTime(from)} – ${to === null ? 'now' : shortTime(to)}`
  return (
    <button
      type="button"
      class="fixed"
      aria-pressed="true"
      aria-label={`Remove time range ${text}`}
      title="Remove this time range"
      onClick={() => changeParams({ from: null, to: null })}
    >
      {text}
      <Icon name="close" />
    </button>
  )
}
