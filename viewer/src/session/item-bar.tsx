import { useLayoutEffect, useRef } from 'preact/hooks'
import { LEVELS } from '../api/contract.ts'
import { Icon } from '../controls/icon.tsx'
import { LevelTag } from '../controls/level.tsx'
import { Menu } from '../controls/menu.tsx'
import { bindKeys } from '../keyboard/keyboard.ts'
import { changeParams, route } from '../route/route.ts'
import { countText } from '../text/count.ts'
import { KIND_GROUPS } from './item-text.ts'

/** What narrows the items of a session, and the way to its statistics. */
export function ItemBar({ counting, items }: { counting: boolean; items: number }) {
  const { params } = route.value
  const level = params.get('min_level') ?? ''
  const group = KIND_GROUPS.find(({ value }) => value === params.get('kind'))
  return (
    <div class="filter-bar">
      <div class="range" role="group" aria-label="View">
        <button type="button" aria-pressed={!counting} onClick={() => changeParams({ view: null })}>
          Events {countText(items)}
        </button>
        <button type="button" aria-pressed={counting} onClick={() => changeParams({ view: 'statistics', item: null })}>
          Statistics
        </button>
      </div>
      {!counting && (
        <>
          <Words />
          <Menu
            name="Level"
            value={level}
            shown={level === '' ? 'all' : `≥ ${level}`}
            choices={[
              { value: '', text: 'all', label: 'All levels' },
              ...LEVELS.map((one) => ({ value: one, text: one, label: <LevelTag level={one} />, note: 'and above' })),
            ]}
            onChoose={(value) => changeParams({ min_level: value })}
          />
          <Menu
            name="Kind"
            value={group?.value ?? ''}
            shown={group?.name ?? 'all'}
            choices={[
              { value: '', text: 'all', label: 'All kinds' },
              ...KIND_GROUPS.map(({ value, name }) => ({ value, text: name, label: name })),
            ]}
            onChoose={(value) => changeParams({ kind: value })}
          />
        </>
      )}
    </div>
  )
}

function Words() {
  const input = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => bindKeys({ '/': () => input.current?.select() ?? input.current?.focus() }), [])
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label="Search this session"
        placeholder="Search this session"
        spellcheck={false}
        autocomplete="off"
        value={route.value.params.get('q') ?? ''}
        onInput={(event) => changeParams({ q: event.currentTarget.value }, true)}
        onKeyDown={(event) => event.key === 'Escape' && (event.stopPropagation(), input.current?.blur())}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  )
}
