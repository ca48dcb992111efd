import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from '../controls/icon.tsx'
import { bindKeys } from '../keyboard/keyboard.ts'
import { EXACT_FILTERS } from '../query/filters.ts'
import { parseSearchText } from '../query/search-text.ts'
import { changeParams, route } from '../route/route.ts'
import { visibleLine } from '../text/visible.ts'

const TYPING_PAUSE_MILLIS = 250

/** Words to search for, with the exact filters as chips in front. Space or Enter makes a chip of `level:error`. */
export function SearchBox() {
  const input = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const { params } = route.value
  const text = useSignal(params.get('q') ?? '')
  const chips = Object.keys(EXACT_FILTERS).filter((name) => (params.get(name) ?? '') !== '')

  useLayoutEffect(() => bindKeys({ '/': () => input.current?.select() ?? input.current?.focus() }), [])
  useEffect(() => {
    const words = params.get('q') ?? ''
    if (parseSearchText(text.value).words !== words) text.value = words
  }, [params.get('q')])
  useEffect(() => () => clearTimeout(timer.current), [])

  const commit = () => {
    clearTimeout(timer.current)
    const { words, filters } = parseSearchText(text.value)
    text.value = words
    const otherLevel = filters.level ? { min_level: null } : filters.min_level ? { level: null } : {}
    changeParams({ ...otherLevel, ...filters, q: words, record: null })
  }
  const type = (value: string) => {
    text.value = value
    clearTimeout(timer.current)
    if (value.endsWith(' ') && Object.keys(parseSearchText(value).filters).length > 0) return commit()
    timer.current = setTimeout(() => changeParams({ q: parseSearchText(value).words }, true), TYPING_PAUSE_MILLIS)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') commit()
    else if (event.key === 'Escape') input.current?.blur()
    else if (event.key === 'Backspace' && text.value === '') changeParams({ [chips.at(-1) ?? '']: null })
    else return
    event.stopPropagation()
  }
  return (
    <div class="search" role="search">
      <Icon name="search" />
      {chips.map((name) => (
        <Chip key={name} name={name} value={params.get(name) ?? ''} />
      ))}
      <input
        ref={input}
        type="search"
        aria-label="Search logs"
        placeholder={chips.length > 0 ? 'and these words' : 'Search words, or level:error  user:u-7  trace:…'}
        spellcheck={false}
        autocomplete="off"
        value={text.value}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {text.value === '' && <kbd aria-hidden="true">/</kbd>}
    </div>
  )
}

function Chip({ name, value }: { name: string; value: string }) {
  const shown = visibleLine(value, 40)
  return (
    <span class="chip">
      <span class="chip-name">{name}</span>
      <span class="chip-value" title={visibleLine(value, 400)}>
        {shown}
      </span>
      <button
        type="button"
        aria-label={`Remove filter ${name} ${shown}`}
        onClick={() => changeParams({ [name]: null })}
      >
        <Icon name="close" />
      </button>
    </span>
  )
}
