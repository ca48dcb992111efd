import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'

export interface MenuChoice {
  readonly value: string
  readonly label: ComponentChildren
  /** What typing a letter finds. */
  readonly text: string
  readonly note?: ComponentChildren
}

export interface MenuProps {
  readonly name: string
  readonly value: string
  /** What the closed menu shows. */
  readonly shown: ComponentChildren
  readonly choices: readonly MenuChoice[]
  readonly onChoose: (value: string) => void
  readonly onOpen?: () => void
}

/** A button that opens a list of which one is chosen. Arrows, Home, End, letters, Enter and Escape work. */
export function Menu({ name, value, shown, choices, onChoose, onOpen }: MenuProps) {
  const open = useSignal(false)
  const root = useRef<HTMLDivElement>(null)
  const close = (refocus: boolean) => {
    open.value = false
    if (refocus) root.current?.querySelector('button')?.focus()
  }
  useEffect(() => {
    if (!open.value) return undefined
    root.current?.querySelector<HTMLElement>('[aria-checked="true"], [role="menuitemradio"]')?.focus()
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) close(false)
    }
    document.addEventListener('pointerdown', outside)
    return () => document.removeEventListener('pointerdown', outside)
  }, [open.value])

  const toggle = () => {
    if (!open.value) onOpen?.()
    open.value = !open.value
  }
  return (
    <div class="menu" ref={root} onKeyDown={(event) => open.value && menuKey(event, root.current, close)}>
      <button
        type="button"
        class="button"
        aria-haspopup="menu"
        aria-expanded={open.value}
        data-set={value !== ''}
        onClick={toggle}
      >
        <span class="menu-name">{name}</span>
        <span class="menu-shown">{shown}</span>
        <Icon name="down" />
      </button>
      {open.value && (
        <div class="menu-list" role="menu" aria-label={name}>
          {choices.map((choice) => (
            <button
              type="button"
              key={choice.value}
              role="menuitemradio"
              aria-checked={choice.value === value}
              data-text={choice.text.toLowerCase()}
              tabIndex={-1}
              onClick={() => {
                onChoose(choice.value)
                close(true)
              }}
            >
              <span class="menu-label">{choice.label}</span>
              {choice.note !== undefined && <span class="menu-note">{choice.note}</span>}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

function menuKey(event: KeyboardEvent, root: HTMLElement | null, close: (refocus: boolean) => void): void {
  const items = [...(root?.querySelectorAll<HTMLElement>('[role="menuitemradio"]') ?? [])]
  const at = items.indexOf(document.activeElement as HTMLElement)
  const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }
  if (event.key === 'Escape') close(true)
  else if (event.key === 'Tab') return close(false)
  else if (event.key in moves) items[((moves[event.key] ?? 0) + items.length) % items.length]?.focus()
  else if (/^\S$/.test(event.key)) startingWith(items, event.key, at)?.focus()
  else return
  event.preventDefault()
  event.stopPropagation()
}

function startingWith(items: readonly HTMLElement[], letter: string, after: number): HTMLElement | undefined {
  const turned = [...items.slice(after + 1), ...items.slice(0, after + 1)]
  return turned.find((item) => item.dataset['text']?.startsWith(letter.toLowerCase()))
}
