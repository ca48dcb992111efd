import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'

export interface PanelProps {
  readonly name: string
  readonly title: ComponentChildren
  readonly actions?: ComponentChildren
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** The side of the page that shows one thing whole. Escape closes it. */
export function Panel({ name, title, actions, onClose, children }: PanelProps) {
  return (
    <aside class="panel" aria-label={name}>
      <div class="panel-head">
        <h2 class="unseen">{name}</h2>
        <div class="panel-title">{title}</div>
        {actions}
        <button type="button" class="icon-button" aria-label="Close details" title="Close (Esc)" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <div class="panel-body" tabIndex={0} role="region" aria-label={`${name}, content`} data-own-keys>
        {children}
      </div>
    </aside>
  )
}
