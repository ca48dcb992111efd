import { signal } from '@preact/signals'
import { LEVELS, type ModulesAnswer } from '../api/contract.ts'
import { requestJson } from '../api/request.ts'
import { Icon } from '../controls/icon.tsx'
import { LevelTag } from '../controls/level.tsx'
import { Menu } from '../controls/menu.tsx'
import { RangePicker } from '../controls/range-picker.tsx'
import { changeParams, route } from '../route/route.ts'
import { countText } from '../text/count.ts'
import { visibleLine } from '../text/visible.ts'
import { live } from './live.ts'
import { SearchBox } from './search-box.tsx'

const modules = signal<ModulesAnswer['modules']>([])

async function readModules(): Promise<void> {
  modules.value = (await requestJson<ModulesAnswer>('logs/modules').catch(() => null))?.modules ?? []
}

/** Everything that narrows the logs, and the switch of the live tail. */
export function FilterBar({ canFollow }: { canFollow: boolean }) {
  return (
    <div class="filter-bar">
      <SearchBox />
      <LevelMenu />
      <ComponentMenu />
      <RangePicker />
      <LiveButton canFollow={canFollow} />
    </div>
  )
}

function LevelMenu() {
  const { params } = route.value
  const least = params.get('min_level') ?? ''
  const exact = params.get('level') ?? ''
  const choices = LEVELS.map((level) => ({
    value: level,
    text: level,
    label: <LevelTag level={level} />,
    note: 'and above',
  }))
  return (
    <Menu
      name="Level"
      value={least}
      shown={exact !== '' ? visibleLine(exact, 18) : least === '' ? 'all' : `≥ ${visibleLine(least, 12)}`}
      choices={[{ value: '', text: 'all', label: 'All levels' }, ...choices]}
      onChoose={(value) => changeParams({ min_level: value, level: null })}
    />
  )
}

function ComponentMenu() {
  const chosen = route.value.params.get('module') ?? ''
  const choices = modules.value.map(({ component, count, errors }) => ({
    value: component,
    text: component,
    label: visibleLine(component, 48),
    note: (
      <>
        {errors > 0 && <span class="errors">{countText(errors)} err</span>} {countText(count)}
      </>
    ),
  }))
  return (
    <Menu
      name="Component"
      value={chosen}
      shown={chosen === '' ? 'all' : visibleLine(chosen, 20)}
      choices={[{ value: '', text: 'all', label: 'All components' }, ...choices]}
      onChoose={(value) => changeParams({ module: value })}
      onOpen={() => void readModules()}
    />
  )
}

function LiveButton({ canFollow }: { canFollow: boolean }) {
  const on = live.value && canFollow
  const hint = canFollow
    ? on
      ? 'Pause the live tail (l)'
      : 'Resume the live tail (l)'
    : 'A fixed time range is not followed'
  return (
    <button
      type="button"
      class="button live"
      aria-pressed={on}
      aria-label={on ? 'Live, pause' : 'Paused, resume live'}
      title={hint}
      disabled={!canFollow}
      onClick={() => (live.value = !live.value)}
    >
      <Icon name={on ? 'pause' : 'play'} />
      {on ? 'Live' : 'Paused'}
    </button>
  )
}
